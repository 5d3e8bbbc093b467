import pl, { type DataType, type Expr } from 'nodejs-polars';
import { EMAIL } from './conditions';
import { contest, copyIntoTable, upload } from './contestant';
import { CURRENCIES, RAW_COLUMNS, STATUSES, withDuckDb } from './job';

/*
 * Polars in this process, lazily and in streaming mode where it can: everything is read as text and cast once, money is whole cents (its
 * decimals lost rows when they were tried), and duplicates go by `unique` over the key. The frame is collected once and written twice.
 */
void contest(async (input, phases) => {
  const file = (name: string): string => `${input.folder}/${name}`;
  const quarantined = await phases.time('engine', async () => {
    const texts = Object.fromEntries(RAW_COLUMNS.map((name) => [name, pl.Utf8]));
    const customers = pl.scanCSV(input.customers, {
      schema: { customer_id: pl.Int32, country: pl.Utf8, segment: pl.Utf8 },
    });
    const raw = pl.scanCSV(input.orders, { schema: texts, missingUtf8IsEmptyString: false });
    const whole = (name: string, type: DataType = pl.Int64): Expr => pl.col(name).cast(type, false).alias(name);
    const isMoney = pl.col('amount').str.contains('^-?[0-9]+(\\.[0-9]{1,2})?$');
    const cents = pl
      .when(isMoney)
      .then(pl.col('amount').cast(pl.Float64, false).mul(100).round(0).cast(pl.Int64, false))
      .otherwise(pl.lit(null));
    const typed = raw
      .withColumns(
        whole('order_id').alias('k_order'),
        whole('customer_id', pl.Int32).alias('k_customer'),
        pl.col('ordered_at').str.strptime(pl.Datetime, '%Y-%m-%d %H:%M:%S').alias('k_at'),
        cents.alias('cents'),
        whole('quantity').alias('k_quantity'),
        whole('discount').alias('k_discount'),
      )
      .join(customers, { leftOn: 'k_customer', rightOn: 'customer_id', how: 'left' });
    const among = (name: string, values: readonly string[]): Expr =>
      values.map((value) => pl.col(name).eq(pl.lit(value))).reduce((one, other) => one.or(other));
    const conditions = [
      pl.col('k_order').isNotNull(),
      pl.col('country').isNotNull(),
      pl.col('k_at').isNotNull(),
      pl.col('ordered_at').lt(pl.lit('2026-01-01')),
      pl.col('cents').gtEq(1),
      pl.col('cents').ltEq(5_000_000),
      pl.col('k_quantity').gtEq(1),
      pl.col('k_quantity').ltEq(100),
      pl.col('k_discount').isNotNull(),
      among('currency', CURRENCIES),
      among('status', STATUSES),
      pl.col('email').str.contains(EMAIL),
      pl.col('note').isNull().or(pl.col('note').str.lengths().ltEq(120)),
    ].reduce((one, other) => one.and(other));
    const judged = await typed
      .withColumns(conditions.fillNull(pl.lit(false)).alias('good'))
      .collect({ streaming: true } as never);
    const total = pl.col('cents').mul(pl.col('k_quantity'));
    const good = judged
      .filter(pl.col('good'))
      .unique({ subset: ['k_order'], keep: 'first' } as never)
      .select(
        pl.col('k_order').alias('order_id'),
        pl.col('k_customer').alias('customer_id'),
        pl.col('ordered_at'),
        pl.col('amount'),
        pl.col('k_quantity').alias('quantity'),
        pl.col('k_discount').alias('discount'),
        pl.col('currency'),
        pl.col('status'),
        pl.col('email'),
        pl.col('note'),
        total.alias('total_cents'),
        pl
          .col('cents')
          .mul(pl.lit(100).sub(pl.col('k_discount')))
          .cast(pl.Int64)
          .alias('net_cents'),
        pl
          .when(total.lt(100_000))
          .then(pl.lit('small'))
          .when(total.lt(1_000_000))
          .then(pl.lit('medium'))
          .otherwise(pl.lit('large'))
          .alias('size_band'),
        pl.col('country'),
        pl.col('segment'),
      );
    const bad = judged.filter(pl.col('good').not()).select(...RAW_COLUMNS);
    good.writeParquet(file('good.parquet'), { compression: 'zstd' });
    bad.writeParquet(file('bad.parquet'), { compression: 'zstd' });
    return bad.height;
  });
  await phases.time('copy', async () => {
    // What `\copy` takes: the total as a decimal.
    await withDuckDb(input.folder, input.memoryLimitMb, async (connection) => {
      await connection.run(
        `COPY (SELECT order_id, customer_id, ordered_at, amount, quantity, discount, currency, status, email, note,
           CAST(total_cents // 100 AS VARCHAR) || '.' || lpad(CAST(total_cents % 100 AS VARCHAR), 2, '0') AS total, net_cents, size_band, country, segment
           FROM '${file('good.parquet')}') TO '${file('good.csv')}' (FORMAT csv, HEADER false)`,
      );
    });
    await copyIntoTable(input, file('good.csv'));
  });
  await phases.time('upload', () => upload(input, [file('good.parquet'), file('bad.parquet')]));
  return quarantined;
});
