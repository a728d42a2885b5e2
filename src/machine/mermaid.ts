// Draws a machine as a Mermaid state diagram. Failures that end in `stuck` are not drawn: nearly every step has one, and
// the picture would show nothing else.
import { type Edge, edges, type Graph, readGraph, type Written } from './graph.ts';

const colours = {
  run: 'fill:#dbeafe,stroke:#1d4ed8,color:#172554',
  park: 'fill:#fef3c7,stroke:#b45309,color:#451a03',
  ended: 'fill:#dcfce7,stroke:#15803d,color:#052e16',
  asking: 'fill:#fee2e2,stroke:#b91c1c,color:#450a0a',
};

/** The machine as the text of a `stateDiagram-v2`. Throws VocabularyError like `toAsl`. */
export function toMermaid(machine: Written): string {
  const graph = readGraph(machine);
  return [
    '%% Generated from src/machine/rotation.ts by `npm run generate`. Not edited by hand.',
    'stateDiagram-v2',
    ...named(graph, 'decide').map((name) => `  state ${name} <<choice>>`),
    '',
    `  [*] --> ${graph.start}`,
    ...edges(graph).filter(isDrawn).map(draw),
    ...named(graph, 'end').map((name) => `  ${name} --> [*]`),
    '',
    '  note right of stuck : any other step that fails leads here too',
    '',
    ...Object.entries(colours).map(([name, style]) => `  classDef ${name} ${style}`),
    `  class ${named(graph, 'run').join(',')} run`,
    `  class ${named(graph, 'park').join(',')} park`,
    `  class ${named(graph, 'end')
      .filter((name) => name !== 'stuck')
      .join(',')} ended`,
    '  class stuck asking',
    '',
  ].join('\n');
}

function isDrawn({ kind, to }: Edge): boolean {
  return kind !== 'failure' || to !== 'stuck';
}

function draw({ from, to, label }: Edge): string {
  return `  ${from} --> ${to}${label === '' ? '' : ` : ${label}`}`;
}

function named(graph: Graph, word: string): string[] {
  return [...graph.nodes].filter(([, node]) => node.word === word).map(([name]) => name);
}
