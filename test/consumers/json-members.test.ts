// The members of a JSON object in its text: found where they stand, and one of them changed with every other byte as it was.
import { expect, test } from 'vitest';
import { membersOf, withMember } from '../../src/consumers/json-members.ts';

test.each([
  ['{}', []],
  [' \t\r\n{ } ', []],
  ['{"a":"b"}', ['"b"']],
  ['{"a" : "b" , "c" : 1}', ['"b"', '1']],
  ['{"a":12345678901234567890,"b":-1.5e+3}', ['12345678901234567890', '-1.5e+3']],
  ['{"a":true ,"b":null}', ['true', 'null']],
  ['{"a":{"b":{"c":"}"}},"d":[1,[2],{"e":"]"}],"f":"x"}', ['{"b":{"c":"}"}}', '[1,[2],{"e":"]"}]', '"x"']],
  ['{"a":[] , "b":{}}', ['[]', '{}']],
  ['{"a\\"b":"c\\\\","d":"\\"e\\""}', ['"c\\\\"', '"\\"e\\""']],
  ['{"a":"1, 2}","b":"[{"}', ['"1, 2}"', '"[{"']],
  ['{\n  "a": 1,\r\n\t"b": 2\n}', ['1', '2']],
])('the values of %j', (text, values) => {
  const members = membersOf(text) ?? [];

  expect(members.map(({ start, end }) => text.slice(start, end))).toEqual(values);
  expect(Object.fromEntries(members.map(({ name, value }) => [name, value]))).toEqual(JSON.parse(text));
});

test.each(['', 'x', '[1]', '"a"', 'null', '7', '{"a":1', '{"a":1}}'])('%j is no object', (text) => {
  expect(membersOf(text)).toBeNull();
});

test.each([
  ['{"a":"1","b":"2"}', 'a', '{"a":"x\\"y","b":"2"}'],
  ['{"a":"1","b":{"a":"2"}}', 'b', '{"a":"1","b":"x\\"y"}'],
  ['{"b":{"a":"2"},"a" : 3 }', 'a', '{"b":{"a":"2"},"a" : "x\\"y" }'],
  ['{}', 'a', '{"a":"x\\"y"}'],
  ['{ }', 'a', '{"a":"x\\"y" }'],
  ['{"b":1}', 'a', '{"b":1,"a":"x\\"y"}'],
  ['{ "b" : 1 }', 'a', '{ "b" : 1, "a" : "x\\"y" }'],
  ['{"b":1,"c":2,"d":3}', 'a', '{"b":1,"c":2,"d":3,"a":"x\\"y"}'],
  ['{"b":  "1"}', 'a', '{"b":  "1","a":  "x\\"y"}'],
  ['\n{ "b" : "1" , "c":2}', 'a', '\n{ "b" : "1" , "c":2, "a" : "x\\"y"}'],
  ['{\n  "b": 1,\n  "c": [2]\n}\n', 'a', '{\n  "b": 1,\n  "c": [2],\n  "a": "x\\"y"\n}\n'],
])('%j with another %s', (text, name, changed) => {
  expect(withMember(text, name, 'x"y')).toBe(changed);
});
