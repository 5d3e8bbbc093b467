/**
 * The functions that expressions may call: scalar, the same result for the same row on every machine and at every time, no look
 * outside the row, and results that stay near the size of their arguments. What is missing is refused.
 */
export const SCALAR_FUNCTIONS: ReadonlySet<string> = new Set(
  [
    // Operators, under the names that the parser gives them.
    '+ - * / // % ** ^ || & | << >> ~ @ ^@ ~~ !~~ ~~* !~~* ->>',
    'like_escape not_like_escape ilike_escape not_ilike_escape',
    // Numbers
    'abs acos acosh add asin asinh atan atan2 atanh bit_count cbrt ceil ceiling cos cosh cot degrees divide even exp fdiv floor',
    'fmod gcd greatest greatest_common_divisor isfinite isinf isnan lcm least least_common_multiple ln log log10 log2 mod multiply',
    'pi pow power radians round round_even roundbankers sign signbit sin sinh sqrt subtract tan tanh trunc xor',
    // Texts
    'ascii bit_length char_length character_length chr concat concat_ws contains damerau_levenshtein ends_with format hamming',
    'instr jaccard jaro_similarity jaro_winkler_similarity lcase left left_grapheme len length length_grapheme levenshtein lower',
    'lpad ltrim mismatches nfc_normalize nullif octet_length ord position prefix printf replace reverse right right_grapheme rpad',
    'rtrim split_part starts_with strip_accents strlen strpos substr substring substring_grapheme suffix translate trim ucase',
    'unicode upper url_decode url_encode',
    // Patterns
    'regexp_escape regexp_extract regexp_extract_all regexp_full_match regexp_matches regexp_replace regexp_split_to_array',
    'str_split_regex string_split_regex',
    // Hashes and encodings
    'base64 bin decode encode from_base64 from_hex hash hex md5 md5_number sha1 sha256 to_base64 to_hex unhex',
    // Dates and times
    'age century date_add date_diff date_part date_sub date_trunc datediff datepart datesub datetrunc day dayname dayofmonth dayofweek',
    'dayofyear days_in_month decade epoch epoch_ms epoch_ns epoch_us era hour isodow isoyear julian last_day make_date make_time',
    'make_timestamp make_timestamp_ms make_timestamp_ns make_timestamptz microsecond millennium millisecond minute month monthname',
    'nanosecond quarter second strftime strptime time_bucket timezone timezone_hour timezone_minute to_centuries to_days to_decades',
    'to_hours to_microseconds to_millennia to_milliseconds to_minutes to_months to_quarters to_seconds to_timestamp to_weeks to_years',
    'try_strptime week weekday weekofyear year yearweek',
    // Lists, structs and JSON
    'array_contains array_extract array_has array_length array_to_string element_at list_contains list_distinct list_element',
    'list_extract list_has list_indexof list_position list_reverse_sort list_sort list_unique list_value row str_split string_split',
    'string_to_array split struct_extract struct_pack json json_array_length json_contains json_exists json_extract json_extract_path',
    'json_extract_path_text json_extract_string json_keys json_quote json_structure json_type json_valid json_value to_json',
    // Others
    'can_cast_implicitly cardinality typeof uuid_extract_timestamp uuid_extract_version',
  ]
    .join(' ')
    .split(' '),
);

const CLOCK = 'Use run_started_at, which is the same for every row and every repetition of a run.';
const ONE_ROW =
  'An expression sees one row; use an aggregate step, a deduplicate step or a check on the slice for what spans rows.';

/** What to do instead of some functions that people reach for. */
export const REFUSED_FUNCTIONS: ReadonlyMap<string, string> = new Map([
  ...words(
    'now today current_date current_time current_timestamp get_current_timestamp get_current_time transaction_timestamp ago',
    CLOCK,
  ),
  ...words('current_localtime current_localtimestamp localtime localtimestamp', CLOCK),
  ...words(
    'random uuid uuidv4 uuidv7 gen_random_uuid setseed',
    'Use hash or md5 of columns: a run that is repeated must give the same rows.',
  ),
  ...words('count count_star sum avg mean min max median first last any_value string_agg list array_agg', ONE_ROW),
  ...words(
    'repeat bar list_resize array_resize range generate_series to_base factorial',
    'Write the text out: this function can make one value fill the memory.',
  ),
  ...words('error', 'Use a check with onFailure: fail.'),
]);

function words(names: string, fix: string): [string, string][] {
  return names.split(' ').map((name) => [name, fix]);
}
