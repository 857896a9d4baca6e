// The words of the page in the language of whoever looks: the server puts the catalogue before this script.
(() => {
  const { language, words, plural } = window.attune_catalogue;
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
  const number = (value) => value.toLocaleString(language);
  const t = (message, values = {}) => fill(words[message] || message, values);
  const n = (one, many, count, values = {}) =>
    fill(words[one]?.[plural(count)] || (count === 1 ? one : many), { count: number(count), ...values });
  document.documentElement.lang = language;
  window.attune_words = { t, n, number, language };
})();
