// Draws every <div data-chart="ID"> from the ECharts options in <script id="ID" type="json">.
//
// Options come as JSON, so they hold no functions: what needs one is added here, by the page's
// language. Beyond ECharts' own options a chart may say
//   figures: options of Intl.NumberFormat for values, e.g. {"style": "percent"};
//   and, wherever a colour may stand, the name of a CSS variable: "--watch-mark".
// Strict CSP: SVG renderer, tooltips drawn into the picture (richText), no HTML, no style elements.
import * as echarts from 'echarts/core';
import {BarChart, CustomChart, LineChart, ScatterChart} from 'echarts/charts';
import {
  AriaComponent, DatasetComponent, DataZoomComponent, GridComponent, LegendComponent, MarkAreaComponent,
  MarkLineComponent, MarkPointComponent, TooltipComponent,
} from 'echarts/components';
import {SVGRenderer} from 'echarts/renderers';
import {LabelLayout} from 'echarts/features';
import japanese from 'echarts/i18n/langJA-obj.js';
import {resolved, theme} from './chart_theme.js';
import {formats, withFormats} from './chart_formats.js';

echarts.use([
  AriaComponent, BarChart, CustomChart, DatasetComponent, DataZoomComponent, GridComponent, LabelLayout,
  LegendComponent, LineChart, MarkAreaComponent, MarkLineComponent, MarkPointComponent, ScatterChart,
  SVGRenderer, TooltipComponent,
]);
echarts.registerLocale('JA', japanese);

const drawn = new Map();
const resized = new ResizeObserver((entries) => {
  for (const {target} of entries) drawn.get(target)?.resize();
});

function draw(canvas) {
  const source = document.getElementById(canvas.dataset.chart);
  if (!source) return;
  const language = document.documentElement.lang;
  const {figures, ...options} = JSON.parse(source.textContent);
  const chart = echarts.init(canvas, theme(canvas), {
    renderer: 'svg', locale: language === 'ja' ? 'JA' : 'EN',
  });
  chart.setOption({
    animation: false,
    aria: {enabled: true, label: {description: canvas.getAttribute('aria-label')}},
    ...withFormats(resolved(options, canvas), formats(language, figures)),
  });
  drawn.set(canvas, chart);
  resized.observe(canvas);
}

function forget(canvas) {
  resized.unobserve(canvas);
  drawn.get(canvas).dispose();
  drawn.delete(canvas);
}

/** Draws what is new, forgets what has left the page. */
function update() {
  for (const canvas of [...drawn.keys()]) if (!canvas.isConnected) forget(canvas);
  for (const canvas of document.querySelectorAll('[data-chart]')) if (!drawn.has(canvas)) draw(canvas);
}

function again() {
  for (const canvas of [...drawn.keys()]) forget(canvas);
  update();
}

update();
document.addEventListener('htmx:after:swap', update);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', again);
new MutationObserver(again).observe(document.documentElement, {attributeFilter: ['data-bs-theme']});
