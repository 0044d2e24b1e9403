// ECharts in the page's colours: those of the CSS variables in theme/_tokens.scss, as they are now.

const pixel = document.createElement('canvas').getContext('2d', {willReadFrequently: true});

/** A CSS variable as rgba(): ECharts can't read light-dark() or oklch(). */
function colour(name, element) {
  element.style.color = `var(${name})`;
  const computed = getComputedStyle(element).color;
  element.style.removeProperty('color');
  pixel.canvas.width = pixel.canvas.height = 1;
  pixel.fillStyle = computed;
  pixel.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = pixel.getImageData(0, 0, 1, 1).data;
  return `rgba(${red},${green},${blue},${Math.round((alpha / 255) * 1000) / 1000})`;
}

/** The options with every "--name" in them replaced by its colour. */
export function resolved(value, element) {
  if (typeof value === 'string') return value.startsWith('--') ? colour(value, element) : value;
  if (Array.isArray(value)) return value.map((one) => resolved(one, element));
  if (value && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolved(one, element)]));
  return value;
}

const axis = (split) => ({
  axisLine: {show: !split, lineStyle: {color: '--chart-axis'}},
  axisTick: {show: false},
  axisLabel: {color: '--chart-text', fontSize: 12, hideOverlap: true},
  splitLine: {show: split, lineStyle: {color: '--chart-grid'}},
  nameTextStyle: {color: '--chart-text'},
  axisPointer: {lineStyle: {color: '--chart-axis', type: 'solid'}},
});

const THEME = {
  color: ['--chart-1', '--chart-2', '--chart-3', '--chart-4', '--chart-5'],
  backgroundColor: 'transparent',
  grid: {left: 4, right: 12, top: 28, bottom: 4, outerBoundsMode: 'same'},
  categoryAxis: axis(false),
  timeAxis: axis(false),
  valueAxis: axis(true),
  legend: {
    top: 0, right: 0, itemWidth: 14, itemHeight: 8, itemGap: 16, icon: 'roundRect',
    textStyle: {color: '--body-color', fontSize: 12},
  },
  tooltip: {
    trigger: 'axis', renderMode: 'richText', confine: true, padding: [8, 12],
    backgroundColor: '--bg-surface', borderColor: '--border-strong', borderWidth: 1,
    textStyle: {color: '--body-color', fontSize: 12},
  },
  line: {
    symbol: 'circle', symbolSize: 5, showSymbol: false, lineStyle: {width: 2}, connectNulls: false,
    emphasis: {disabled: true},
  },
  bar: {barMaxWidth: 40, itemStyle: {borderRadius: [3, 3, 0, 0]}},
  dataZoom: {
    borderColor: '--chart-grid', fillerColor: '--chart-band',
    handleStyle: {color: '--bg-surface', borderColor: '--border-strong'},
    moveHandleSize: 0, textStyle: {color: '--chart-text'}, showDetail: false,
    dataBackground: {lineStyle: {color: '--chart-axis'}, areaStyle: {color: '--chart-grid'}},
    selectedDataBackground: {lineStyle: {color: '--chart-1'}, areaStyle: {color: '--chart-band'}},
  },
  markLine: {
    symbol: 'none', silent: true,
    lineStyle: {color: '--chart-axis', width: 1, type: [4, 3]},
    label: {color: '--chart-text', fontSize: 11, textBorderColor: '--bg-surface', textBorderWidth: 3},
  },
};

export function theme(element) {
  const {fontFamily} = getComputedStyle(element);
  return {...resolved(THEME, element), textStyle: {fontFamily}};
}
