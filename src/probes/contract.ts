// A probe answers one question while the old key is inactive: does everything still work?

export interface ProbeResult {
  /** `noData`: the question could not be answered, which is never a pass. */
  verdict: 'pass' | 'fail' | 'noData';
  /** One short sentence, without output of the thing that was probed. */
  detail: string;
}

export interface Probe {
  readonly spec: string;
  look(): Promise<ProbeResult>;
}
