'use strict';
/* ZIP archives, as https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT has them; nothing of them depends on the clock. */
const zlib = require('node:zlib');

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const VERSION = 20;
/** Made by Unix, so that the modes of files count. */
const MADE_BY = (3 << 8) | VERSION;
const UTF8 = 1 << 11;
const DEFLATED = 8;
/** 1980-01-01, the first day that a ZIP knows: the same files give the same archive. */
const DATE = (1 << 5) | 1;
const MODE = (0o100644 << 16) >>> 0;

/**
 * An archive of the entries, in their order.
 * @param {readonly { name: string, content: Buffer }[]} entries names with `/`, relative
 * @throws {RangeError} for more than a ZIP without extensions holds: 65,535 entries, 4 GB.
 */
function zip(entries) {
  if (entries.length > 0xffff) throw new RangeError(`${entries.length} files are too many for one ZIP`);
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const { name, content } of entries) {
    const path = Buffer.from(name);
    const packed = zlib.deflateRawSync(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(VERSION, 0);
    common.writeUInt16LE(UTF8, 2);
    common.writeUInt16LE(DEFLATED, 4);
    common.writeUInt16LE(DATE, 8);
    common.writeUInt32LE(zlib.crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(path.length, 22);
    parts.push(signature(LOCAL), common, path, packed);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(MODE, 6);
    place.writeUInt32LE(offset, 10);
    const madeBy = Buffer.alloc(2);
    madeBy.writeUInt16LE(MADE_BY);
    directory.push(signature(CENTRAL), madeBy, common, place, path);
    offset += 4 + common.length + path.length + packed.length;
    if (offset > 0xffffffff) throw new RangeError('more than 4 GB are too much for one ZIP');
  }
  const index = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(index.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, index, signature(END), end]);
}

function signature(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

module.exports = { zip };
