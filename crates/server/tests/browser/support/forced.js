// What cannot be told apart where the browser paints in the visitor's own colours, as a list of sentences.
const complaints = [];
const says = element => element.textContent.trim().slice(0, 40);
if (!matchMedia("(forced-colors: active)").matches) complaints.push("the colours are not forced");
const ground = getComputedStyle(document.body).backgroundColor;
const bordered = style => parseFloat(style.borderTopWidth) > 0 && style.borderTopStyle !== "none";
for (const element of document.querySelectorAll("button, .button, label.choice, .blocked, .note, .summary, .tag")) {
  const style = getComputedStyle(element);
  if (element.closest(".blocked") !== element && element.closest(".blocked")) continue;
  if (!bordered(style) || style.borderTopColor === ground) complaints.push(`"${says(element)}" has no edge`);
}
for (const element of document.querySelectorAll("input[type=radio]:enabled")) {
  if (getComputedStyle(element).appearance === "none") complaints.push("a choice is not the browser's own");
}
const mark = element => {
  const { borderTopWidth, content, backgroundColor } = getComputedStyle(element, "::before");
  return [borderTopWidth, content === "counter(step)" ? "number" : content, backgroundColor].join();
};
const looks = name => [...document.querySelectorAll(`.steps .${name}:not(.past.now)`)].map(mark);
const [now, others] = [looks("now"), [...looks("past"), ...looks("ahead")]];
if (now.some(one => others.includes(one))) complaints.push("the present step looks like another");
return complaints;
