/** The schema of Sluice's own staging tables. */
export const STAGING_SCHEMA = 'sluice_staging';
