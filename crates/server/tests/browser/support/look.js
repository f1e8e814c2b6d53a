// What a designer would complain about on the page as it is shown now, as a list of sentences. The argument is the
// width that was asked for: a page that needs more may have got it.
const [width] = arguments;
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
if (wide > width || innerWidth > width) complaints.push(`it is ${wide} wide in a window of ${width}`);
const lines = [];
// What is left of a box where those around it cut it off.
const shown = ({ left, right, top, bottom }, element) => {
  for (let one = element; one !== document.body; one = one.parentElement) {
    if (getComputedStyle(one).overflow === "visible") continue;
    const edge = one.getBoundingClientRect();
    [left, right] = [Math.max(left, edge.left), Math.min(right, edge.right)];
    [top, bottom] = [Math.max(top, edge.top), Math.min(bottom, edge.bottom)];
  }
  return { left, right, top, bottom, height: bottom - top };
};

const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const text = texts.currentNode.data;
  const element = texts.currentNode.parentElement;
  if (!text.trim() || !seen(element)) continue;
  const range = document.createRange();
  range.selectNodeContents(texts.currentNode);
  const box = range.getBoundingClientRect();
  for (const rect of range.getClientRects()) lines.push({ element, text, rect: shown(rect, element) });
  if (box.left < -0.5 || box.right > width + 0.5) complaints.push(`"${says(text)}" leaves the window`);
  const style = getComputedStyle(element);
  const under = ground(element);
  const ratio = contrast(over(channels(style.color), under), under);
  const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
  if (ratio < (large ? 3 : 4.5)) complaints.push(`"${says(text)}" has a contrast of ${ratio.toFixed(2)}`);
}

// Lines of different elements may touch, but not lie on each other; what stays in view lies on what is scrolled.
const stays = element => {
  for (let one = element; one; one = one.parentElement) if (getComputedStyle(one).position === "sticky") return one;
  return null;
};
lines.forEach(line => (line.stays = stays(line.element)));
lines.forEach((one, i) => {
  for (const other of lines.slice(i + 1)) {
    if (one.element === other.element || one.stays !== other.stays) continue;
    const across = Math.min(one.rect.right, other.rect.right) - Math.max(one.rect.left, other.rect.left);
    const down = Math.min(one.rect.bottom, other.rect.bottom) - Math.max(one.rect.top, other.rect.top);
    if (across > 2 && down > 2 && down > 0.4 * Math.min(one.rect.height, other.rect.height)) {
      complaints.push(`"${says(one.text)}" lies on "${says(other.text)}"`);
    }
  }
});

for (const element of document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea, summary")) {
  const target = element.closest("label") ?? element;
  const { height, width: across } = target.getBoundingClientRect();
  if (!seen(element) || (getComputedStyle(element).display === "inline" && element.closest("p, li"))) continue;
  if (height < 24 || across < 24) complaints.push(`"${says(target.textContent)}" is ${across} by ${height}`);
}
for (const element of document.querySelectorAll("main *, .langs *, .steps *, footer")) {
  const style = getComputedStyle(element);
  const cut = style.overflow !== "visible" && style.display !== "inline" && !element.closest("svg");
  const more = element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1;
  if (seen(element) && cut && more) complaints.push(`"${says(element.textContent)}" is cut off`);
}
return complaints;
