DROP INDEX experiences_confirmed;
