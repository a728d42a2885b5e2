// How the two readers of a shared credentials file take each line: where they agree, and where they do not.
import { expect, test } from 'vitest';
import { type Reading, readAsBotocore, readAsSdk } from '../../src/consumers/shared-ini.ts';
import { splitLines } from '../../src/consumers/text-lines.ts';

/** Each line as the AWS CLI and the SDK take it: its section, its role, and what it says. */
function readings(text: string): [cli: string, sdk: string][] {
  const lines = splitLines(text);
  const [cli, sdk] = [readAsBotocore(lines), readAsSdk(lines)];
  const words = ({ role, section, key, value, of }: Reading) =>
    [section ?? '-', role, key === undefined ? of : `${key}=${value}`].filter((one) => one !== undefined).join(' ');
  return cli.map((one, index) => [words(one), words(sdk[index] as Reading)]);
}

test.each<[string, string, [cli: string, sdk: string][]]>([
  [
    'a section and its settings, in whatever letters and spaces',
    '[work]\nA_Key = x y \n\tB\t:\tc\n',
    [
      ['work section', 'work section'],
      ['work property a_key=x y', 'work property a_key=x y'],
      ['work continuation 2', 'work nothing'],
    ],
  ],
  [
    'a name of one letter',
    '[a]\nk=1',
    [
      ['a section', 'a section'],
      ['a property k=1', 'a property k=1'],
    ],
  ],
  ['a section indented', '  [work]  ', [['work section', 'work section']]],
  ['a bracket within a name', '[a]b]', [['a]b section', 'a]b section']]],
  ['words behind a section', '[a] b', [['a section', '- nothing']]],
  ['a section without a name', '[]', [['- malformed', '- section']]],
  ['a bracket that is not closed', '[work', [['- malformed', '- nothing']]],
  ['brackets behind a word', 'x [work]', [['- malformed', '- nothing']]],
  ['a setting before any section', 'a = 1', [['- malformed', '- nothing']]],
  [
    'comments, and what looks like one',
    '[a]\n# x = 1\n  ; y = 1\nz = 1 # 2\nw = 1;2\nv = 1\t;2\n#\n;',
    [
      ['a section', 'a section'],
      ['a nothing', 'a nothing'],
      ['a nothing', 'a nothing'],
      ['a property z=1 # 2', 'a property z=1'],
      ['a property w=1;2', 'a property w=1;2'],
      ['a property v=1\t;2', 'a property v=1'],
      ['a nothing', 'a nothing'],
      ['a nothing', 'a nothing'],
    ],
  ],
  [
    'a colon, with an equals sign behind it or none',
    '[a]\nx: 1\ny: 1=2\n: 1\n= 1\nz',
    [
      ['a section', 'a section'],
      ['a property x=1', 'a nothing'],
      ['a property y=1=2', 'a nothing'],
      ['a malformed', 'a nothing'],
      ['a malformed', 'a nothing'],
      ['a malformed', 'a nothing'],
    ],
  ],
  [
    'nested settings, of a setting that is empty',
    '[a]\ns3 =\n  x = 1\n  y =\n  z = 2\n\n  w = 3\nv = 4\n  u = 5',
    [
      ['a section', 'a section'],
      ['a property s3=', 'a property s3='],
      ['a continuation 2', 'a continuation 2'],
      ['a continuation 2', 'a property y='],
      ['a continuation 2', 'a continuation 4'],
      ['a nothing', 'a nothing'],
      ['a continuation 2', 'a continuation 4'],
      ['a property v=4', 'a property v=4'],
      ['a continuation 8', 'a property u=5'],
    ],
  ],
  [
    'settings all indented alike, and one less',
    '[a]\n  x = 1\n  y = 2\n z = 3\n  w = 4\n[b]\n  v = 5',
    [
      ['a section', 'a section'],
      ['a property x=1', 'a property x=1'],
      ['a property y=2', 'a property y=2'],
      ['a property z=3', 'a property z=3'],
      ['a continuation 4', 'a property w=4'],
      ['b section', 'b section'],
      ['b property v=5', 'b property v=5'],
    ],
  ],
  [
    'an indented line behind a setting without a name, or behind a new section',
    '[a]\ns3 =\n= 1\n  x = 2\n[b]\n  y = 3',
    [
      ['a section', 'a section'],
      ['a property s3=', 'a property s3='],
      ['a malformed', 'a nothing'],
      ['a property x=2', 'a continuation 2'],
      ['b section', 'b section'],
      ['b property y=3', 'b property y=3'],
    ],
  ],
  [
    'a carriage return alone, which ends a line for Python',
    '[a]\nx = 1\ry = 2\n',
    [
      ['a section', 'a section'],
      ['a malformed', 'a property x=1\ry = 2'],
    ],
  ],
  [
    'one within a name, and one within a comment, whose rest is a setting to Python',
    '[a]\nx\ry = 2\n# x\ry = 2\n',
    [
      ['a section', 'a section'],
      ['a malformed', 'a property x\ry=2'],
      ['a malformed', 'a nothing'],
    ],
  ],
  [
    'an indented line behind one that is no setting',
    '[a]\ns3 =\nz\n  x = 2',
    [
      ['a section', 'a section'],
      ['a property s3=', 'a property s3='],
      ['a malformed', 'a nothing'],
      ['a continuation 2', 'a continuation 2'],
    ],
  ],
  [
    'an indent by a vertical tab',
    '[a]\ns3 =\n\vx = 2\n',
    [
      ['a section', 'a section'],
      ['a property s3=', 'a property s3='],
      ['a continuation 2', 'a continuation 2'],
    ],
  ],
  [
    'blanks of every kind',
    '[a]\n\v\f\r\t \n\vx\f=\t1\v\n',
    [
      ['a section', 'a section'],
      ['a nothing', 'a nothing'],
      ['a property x=1', 'a property x=1'],
    ],
  ],
])('%s', (_, text, taken) => {
  expect(readings(text)).toEqual(taken);
});
