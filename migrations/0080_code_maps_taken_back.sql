-- A meaning that was taken back keeps its row: the job that works through its events finds the code there, and who said what stays known.
ALTER TABLE code_maps
  ADD COLUMN taken_back_by  text,
  ADD COLUMN taken_back_at  timestamptz;
