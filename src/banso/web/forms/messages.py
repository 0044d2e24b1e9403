"""What each message that a channel owes is called on screen."""

from collections.abc import Mapping

from django.utils.translation import gettext

from banso.desk.models import DeliveryKind


def message_words() -> Mapping[str, str]:
    return {
        DeliveryKind.OPENED: gettext("An alert"),
        DeliveryKind.CLOSED: gettext("An alert is over"),
        DeliveryKind.HANDLED: gettext("An alert was acted on"),
        DeliveryKind.DIGEST: gettext("Morning mail"),
        DeliveryKind.MESSAGE: gettext("A play's message"),
        DeliveryKind.STEP: gettext("A play's webhook"),
        DeliveryKind.RUN_STARTED: gettext("A play has begun"),
        DeliveryKind.RUN_PARKED: gettext("A play stands still"),
        DeliveryKind.RUN_RESUMED: gettext("A play goes on"),
        DeliveryKind.RUN_ENDED: gettext("A play is over"),
        DeliveryKind.TASK_OPENED: gettext("A task"),
        DeliveryKind.TASK_PASSED: gettext("A task was passed on"),
        DeliveryKind.TASK_DUE: gettext("A task is due"),
        DeliveryKind.TASK_HANDLED: gettext("A task was acted on"),
        DeliveryKind.TASK_TICKED: gettext("A point of a task was ticked"),
        DeliveryKind.MAIL: gettext("Mail to a customer"),
        DeliveryKind.MAIL_DRAFTED: gettext("A mail waits for approval"),
        DeliveryKind.MAIL_APPROVED: gettext("A mail was approved"),
        DeliveryKind.MAIL_REFUSED: gettext("A mail was refused"),
        DeliveryKind.MAIL_WITHDRAWN: gettext("A mail was withdrawn"),
        DeliveryKind.MAIL_SENT: gettext("A mail was sent"),
        DeliveryKind.MAIL_FAILED: gettext("A mail was not delivered"),
        DeliveryKind.INCIDENT_OPENED: gettext("A data incident"),
        DeliveryKind.INCIDENT_CLOSED: gettext("A data incident is over"),
        DeliveryKind.TEST: gettext("Test message"),
    }


def state_words() -> Mapping[str, str]:
    return {
        "failed": gettext("Dead letters"),
        "waiting": gettext("Waiting"),
        "delivered": gettext("Delivered"),
    }
