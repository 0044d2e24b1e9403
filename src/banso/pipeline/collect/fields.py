"""The fields of each kind of file, and the column names people give them."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Kind(StrEnum):
    """What the rows of a file are."""

    EVENTS = "events"
    RECORDS = "records"
    ACCOUNTS = "accounts"
    CONTACTS = "contacts"
    CONTRACTS = "contracts"

    @property
    def extras(self) -> str | None:
        """What columns beyond the fields become; None: nothing, they are left out."""
        if self in (Kind.EVENTS, Kind.RECORDS):
            return "properties"
        return "attributes" if self is Kind.ACCOUNTS else None


DeskKind = Literal[Kind.ACCOUNTS, Kind.CONTACTS, Kind.CONTRACTS]


class Looks(StrEnum):
    """What the values of a field look like."""

    KEY = "key"
    TEXT = "text"
    TIME = "time"
    NUMBER = "number"


@dataclass(frozen=True)
class Field:
    """known_as: what columns of this field are called, the surest first, between spaces."""

    name: str
    looks: Looks
    known_as: str
    required: bool = False

    @property
    def names(self) -> list[str]:
        return self.known_as.split()


ACCOUNT = Field(
    "account",
    Looks.KEY,
    "account account_id account_key company_id customer_id client_id tenant_id organization_id "
    "organisation_id org_id workspace_id group_id context.groupId company customer client "
    "tenant organization organisation workspace company_code customer_code account_code "
    "会社ID 顧客ID 企業ID 取引先ID テナントID アカウントID 契約企業ID 組織ID 契約者ID 得意先ID "
    "会社コード 顧客コード 企業コード 取引先コード 得意先コード 会社番号 顧客番号 法人番号 "
    "会社 顧客 企業 取引先 テナント アカウント 得意先 導入企業 "
    "会社名 顧客名 企業名 取引先名 テナント名 アカウント名 得意先名 company_name customer_name",
    required=True,
)
USER_NAMES = (
    "user user_id user_key uid member_id login_id username user_name "
    "ユーザーID ユーザID 利用者ID 会員ID ログインID 社員ID 社員番号 ユーザーコード "
    "ユーザー ユーザ 利用者 会員 メンバー ユーザー名 利用者名"
)
USER = Field(
    "user",
    Looks.KEY,
    f"{USER_NAMES} user_email 担当者ID 回答者ID 回答者 受講者ID 受講者 email mail メールアドレス",
)
TIMESTAMP = Field(
    "timestamp",
    Looks.TIME,
    "timestamp time datetime date_time event_time occurred_at event_timestamp event_at "
    "created_at logged_at original_timestamp answered_at submitted_at ts at date event_date day "
    "日時 発生日時 操作日時 利用日時 実行日時 アクセス日時 ログ日時 回答日時 受付日時 記録日時 "
    "登録日時 作成日時 タイムスタンプ 時刻 日付 利用日 操作日 発生日 回答日 実施日 受講日 受付日",
    required=True,
)
PRODUCT = Field(
    "product",
    Looks.KEY,
    "product product_name product_id app application service "
    "製品 製品名 商品 商品名 サービス サービス名 プロダクト プロダクト名 アプリ アプリ名",
)
FEATURE = Field(
    "feature",
    Looks.KEY,
    "feature feature_name function module screen page 機能 機能名 画面 画面名 メニュー モジュール",
)
VALUE = Field(
    "value",
    Looks.NUMBER,
    "value score points rating 値 スコア 点数 得点 評価 評点 評価点 回答値 数値",
)
MESSAGE_ID = Field(
    "message_id",
    Looks.KEY,
    "message_id event_id log_id response_id record_id uuid id "
    "メッセージID イベントID ログID 回答ID レコードID",
)
EVENT = Field(
    "event",
    Looks.KEY,
    "event event_name event_type action action_name activity operation "
    "イベント イベント名 操作 操作内容 操作名 操作種別 アクション アクション名 行動 動作",
    required=True,
)
RECORD_KIND = Field(
    "kind",
    Looks.KEY,
    "kind record_kind type record_type category survey survey_type event "
    "種別 種類 区分 記録種別 アンケート アンケート種別 アンケート名 調査 調査名 研修名",
    required=True,
)
FIELDS: Mapping[Kind, tuple[Field, ...]] = {
    Kind.EVENTS: (ACCOUNT, USER, EVENT, FEATURE, PRODUCT, TIMESTAMP, VALUE, MESSAGE_ID),
    Kind.RECORDS: (ACCOUNT, USER, RECORD_KIND, FEATURE, PRODUCT, TIMESTAMP, VALUE, MESSAGE_ID),
    Kind.ACCOUNTS: (
        ACCOUNT,
        Field(
            "name",
            Looks.TEXT,
            "name account_name company_name customer_name display_name "
            "会社名 企業名 顧客名 取引先名 名称 社名 得意先名 アカウント名 テナント名",
        ),
        Field(
            "started_on",
            Looks.TIME,
            "started_on start_date started_at customer_since since onboarded_on "
            "利用開始日 導入日 契約開始日 取引開始日 開始日 サービス開始日",
        ),
        Field(
            "owner",
            Looks.TEXT,
            "owner csm owner_email account_owner csm_email account_manager "
            "担当CSM CSM 担当者 担当 担当者名 CSM担当 担当CSM名 担当者メール",
        ),
        Field(
            "effective_on",
            Looks.TIME,
            "effective_on valid_from as_of effective_date 適用日 有効日 基準日 適用開始日",
        ),
    ),
    Kind.CONTACTS: (
        ACCOUNT,
        Field(
            "key",
            Looks.KEY,
            "key contact_id contact_key contact id 連絡先ID 担当者ID 名刺ID 担当者コード 人物ID",
        ),
        Field("user", Looks.KEY, USER_NAMES + " 利用ユーザーID"),
        Field(
            "name",
            Looks.TEXT,
            "name full_name contact_name 氏名 名前 担当者名 お名前 担当者 フルネーム",
        ),
        Field(
            "email",
            Looks.TEXT,
            "email e_mail mail email_address mail_address メールアドレス メール Eメール",
        ),
        Field(
            "role",
            Looks.TEXT,
            "role contact_role title job_title position 役割 役職 ロール 立場 肩書",
        ),
        Field(
            "left_on",
            Looks.TIME,
            "left_on left_at departed_on leave_date 退職日 離任日 異動日 離脱日 離職日",
        ),
    ),
    Kind.CONTRACTS: (
        ACCOUNT,
        Field(
            "key",
            Looks.KEY,
            "key contract_id contract_key contract_no contract_number contract subscription_id "
            "id 契約ID 契約番号 契約No 契約コード 契約書番号",
        ),
        PRODUCT,
        Field(
            "start_on",
            Looks.TIME,
            "start_on start_date started_on start contract_start begins_on current_period_start "
            "契約開始日 開始日 利用開始日 契約開始 契約期間開始 開始",
            required=True,
        ),
        Field(
            "end_on",
            Looks.TIME,
            "end_on end_date ended_on end contract_end expires_on expiry renewal_date "
            "current_period_end 契約終了日 終了日 満了日 契約満了日 利用終了日 契約終了 "
            "契約期間終了 終了 更新期限",
            required=True,
        ),
        Field(
            "signed_on",
            Looks.TIME,
            "signed_on signed_at signed_date 契約日 締結日 契約締結日 受注日 成約日 申込日",
        ),
        Field(
            "seats",
            Looks.NUMBER,
            "seats licenses licences seat_count license_count quantity users "
            "ライセンス数 契約数 契約ライセンス数 席数 ID数 契約ID数 アカウント数 ユーザー数 "
            "契約ユーザー数 利用者数 契約人数 数量",
        ),
        Field(
            "arr",
            Looks.NUMBER,
            "arr annual_recurring_revenue annual_amount annual_value acv annual_price "
            "年額 年間金額 年間契約額 年間契約金額 年間利用料 年間売上 契約年額 年額料金",
        ),
        Field("currency", Looks.TEXT, "currency currency_code 通貨 通貨コード"),
    ),
}


def folded(name: str) -> str:
    """A column name as it is compared: NFKC, no case, no spaces, dots, dashes or underscores."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold())
