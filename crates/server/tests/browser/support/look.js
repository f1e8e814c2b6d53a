// What a designer would complain about on the page as it is shown now, as a list of sentences.
const complaints = [];
const seen = element => element.checkVisibility() && !element.closest(".quiet, .skip, [disabled]");
const says = text => text.trim().slice(0, 40);

const channels = text => {
  const [r, g, b, a = 1] = text.match(/[\d.]+/g).map(Number);
  return { rgb: [r, g, b], a };
};
const over = (top, under) => top.rgb.map((value, i) => value * top.a + under[i] * (1 - top.a));
const ground = element => {
  const layers = [];
  for (let one = element; one; one = one.parentElement) {
    const layer = channels(getComputedStyle(one).backgroundColor);
    layers.push(layer);
    if (layer.a === 1) break;
  }
  return layers.reverse().reduce((under, layer) => over(layer, under), [255, 255, 255]);
};
const light = rgb => {
  const [r, g, b] = rgb.map(v => v / 255).map(v => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (one, other) => {
  const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
  return (bright + 0.05) / (dark + 0.05);
};

const wide = document.documentElement.scrollWidth;
if (wide > innerWidth) complaints.push(`it is ${wide} wide in a window of ${innerWidth}`);

const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const text = texts.currentNode.data;
  const element = texts.currentNode.parentElement;
  if (!text.trim() || !seen(element)) continue;
  const range = document.createRange();
  range.selectNodeContents(texts.currentNode);
  const box = range.getBoundingClientRect();
  if (box.left < -0.5 || box.right > innerWidth + 0.5) complaints.push(`"${says(text)}" leaves the window`);
  const style = getComputedStyle(element);
  const under = ground(element);
  const ratio = contrast(over(channels(style.color), under), under);
  const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
  if (ratio < (large ? 3 : 4.5)) complaints.push(`"${says(text)}" has a contrast of ${ratio.toFixed(2)}`);
}

for (const element of document.querySelectorAll("a, button, label.choice")) {
  const box = element.getBoundingClientRect();
  if (getComputedStyle(element).display === "inline") continue;
  if (seen(element) && box.height < 24) complaints.push(`"${says(element.textContent)}" is ${box.height} high`);
}
for (const element of document.querySelectorAll("bdi, span, li, dt, dd, p, button, h1, h2")) {
  const cut = getComputedStyle(element).overflow !== "visible";
  const more = element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1;
  if (seen(element) && cut && more) complaints.push(`"${says(element.textContent)}" is cut off`);
}
return complaints;
