'use strict';
/* Preloaded into a host under test: its clock goes as many milliseconds wrong as the file SLUICE_CLOCK says, from one moment to the next. */
const fs = require('node:fs');

const file = process.env.SLUICE_CLOCK;
const RealDate = Date;
let offset = 0;
setInterval(() => {
  try {
    offset = Number(fs.readFileSync(file, 'utf8'));
  } catch {
    offset = 0;
  }
}, 50).unref();

class JumpingDate extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + offset);
    else super(...args);
  }
  static now() {
    return RealDate.now() + offset;
  }
}
globalThis.Date = JumpingDate;
