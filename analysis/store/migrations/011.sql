-- The field's words: functional simulation for what a chip computed, sequence for a language model's tokens.
ALTER TABLE computed RENAME TO functional;
ALTER TABLE computed_energy RENAME TO functional_energy;
ALTER TABLE token_run RENAME TO sequence_run;
-- Now v_functional and v_sequence_run, which are made with the other views.
DROP VIEW v_computed;
DROP VIEW v_token;
