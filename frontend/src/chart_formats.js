// Dates and numbers on charts as the page's language writes them.

export function formats(language, figures = {}) {
  const locale = language === 'ja' ? 'ja-JP' : 'en-GB';
  const full = new Intl.NumberFormat(locale, {maximumFractionDigits: 2, ...figures});
  const short = new Intl.NumberFormat(locale, {maximumFractionDigits: 2, ...figures, notation: 'compact'});
  const day = new Intl.DateTimeFormat(locale, {
    year: 'numeric', month: language === 'ja' ? 'long' : 'short', day: 'numeric',
  });
  return {
    number: (value) => {
      if (value === null || value === undefined || value === '-') return '–';
      return typeof value === 'string' ? value : full.format(value); // a text tells itself
    },
    tick: (value) => (Math.abs(value) >= 10_000 ? short : full).format(value),
    day: (value) => day.format(new Date(value)),
    time: language === 'ja'
      ? {year: '{yyyy}年', month: '{MMM}', day: '{M}/{d}'}
      : {year: '{yyyy}', month: '{MMM}', day: '{d} {MMM}'},
  };
}

const each = (axes, change) => (Array.isArray(axes) ? axes.map(change) : axes && change(axes));

/** An axis with labels by its type; what the options say themselves stays. */
function axis(given, {day, tick, time}) {
  if (given.type === 'time')
    return {
      ...given,
      axisLabel: {formatter: time, ...given.axisLabel},
      axisPointer: {label: {formatter: ({value}) => day(value)}, ...given.axisPointer},
    };
  if (given.type === 'value' || !given.type)
    return {...given, axisLabel: {formatter: tick, ...given.axisLabel}};
  return given;
}

/** Where the lists of values begin in a point: [x, y] shows y. */
const last = (value) => (Array.isArray(value) ? value.at(-1) : value);

const SLIDER = {bottom: 4, height: 20};
const ROOM = 34;

const isSlider = ({type}) => type === 'slider';

/** A slider lies at the foot of the picture, and the picture makes room for it. */
function withRoom({dataZoom, grid, ...options}) {
  const zooms = [dataZoom ?? []].flat();
  const room = zooms.some(isSlider) && !Array.isArray(grid) ? {bottom: ROOM, ...grid} : grid;
  return {
    ...options,
    grid: room,
    dataZoom: zooms.map((zoom) => (isSlider(zoom) ? {...SLIDER, ...zoom} : zoom)),
  };
}

export function withFormats(given, by) {
  const options = withRoom(given);
  return {
    ...options,
    xAxis: each(options.xAxis, (one) => axis(one, by)),
    yAxis: each(options.yAxis, (one) => axis(one, by)),
    tooltip: {valueFormatter: (value) => by.number(last(value)), ...options.tooltip},
  };
}
