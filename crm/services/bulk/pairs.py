"""Pairs of profiles that may be one person's, kept with what speaks for it."""

# `evidence`: a query of (low, high, rule, value). What was looked at and found to be nothing comes back only with
# something new.
KEEP = """
INSERT INTO crm_duplicatecandidate AS known (public_id, low_id, high_id, reasons, found_at, state)
SELECT gen_random_uuid(), low, high, jsonb_agg(DISTINCT jsonb_build_object('rule', rule, 'value', value)), %(at)s,
  'open'
  FROM ({evidence}) AS evidence GROUP BY low, high
ON CONFLICT (low_id, high_id) DO UPDATE SET state = 'open', decided_by_id = NULL, decided_at = NULL,
  found_at = CASE WHEN known.state = 'open' THEN known.found_at ELSE excluded.found_at END,
  reasons = (SELECT jsonb_agg(DISTINCT reason) FROM jsonb_array_elements(known.reasons || excluded.reasons) AS reason)
 WHERE NOT known.reasons @> excluded.reasons
"""
