/** Thrown inside the printer only, and turned to an outcome by `printQuery`: there is no text for this. */
export class Unprintable extends Error {
  readonly because: string;

  constructor(because: string) {
    super(because);
    this.name = 'Unprintable';
    this.because = because;
  }
}
