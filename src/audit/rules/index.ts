// Every rule, in the order of its number.
import type { Rule } from '../contract.ts';
import { ak01 } from './ak-01.ts';
import { ak02 } from './ak-02.ts';
import { ak03 } from './ak-03.ts';
import { ak04 } from './ak-04.ts';
import { ak05 } from './ak-05.ts';
import { ak06 } from './ak-06.ts';
import { ak07 } from './ak-07.ts';
import { ak10 } from './ak-10.ts';
import { ak11 } from './ak-11.ts';
import { ak12 } from './ak-12.ts';
import { ak13 } from './ak-13.ts';
import { ak14 } from './ak-14.ts';
import { ak15 } from './ak-15.ts';
import { ak20 } from './ak-20.ts';
import { ak21 } from './ak-21.ts';
import { ak22 } from './ak-22.ts';
import { ak23 } from './ak-23.ts';
import { ak24 } from './ak-24.ts';
import { ak31 } from './ak-31.ts';
import { ak32 } from './ak-32.ts';
import { ak33 } from './ak-33.ts';
import { ak34 } from './ak-34.ts';
import { ak40 } from './ak-40.ts';
import { ak41 } from './ak-41.ts';
import { ak42 } from './ak-42.ts';
import { ak43 } from './ak-43.ts';
import { ak44 } from './ak-44.ts';
import { ak50 } from './ak-50.ts';
import { ak51 } from './ak-51.ts';
import { ak52 } from './ak-52.ts';

export const rules: readonly Rule[] = [
  ak01,
  ak02,
  ak03,
  ak04,
  ak05,
  ak06,
  ak07,
  ak10,
  ak11,
  ak12,
  ak13,
  ak14,
  ak15,
  ak20,
  ak21,
  ak22,
  ak23,
  ak24,
  ak31,
  ak32,
  ak33,
  ak34,
  ak40,
  ak41,
  ak42,
  ak43,
  ak44,
  ak50,
  ak51,
  ak52,
];
