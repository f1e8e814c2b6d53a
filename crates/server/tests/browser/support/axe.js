// What axe-core finds, one sentence for each node.
const [rules, done] = arguments;
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const runOnly = rules.length ? { type: "rule", values: rules } : { type: "tag", values: tags };
axe.run(document, { runOnly, resultTypes: ["violations"] }).then(
  ({ violations }) =>
    done(violations.flatMap(({ id, nodes }) => nodes.map(node => `${id} at ${node.target}: ${node.failureSummary}`))),
  error => done([String(error)]),
);
