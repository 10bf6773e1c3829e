DROP TABLE blocks;
DROP TABLE profiles;
DROP TABLE accounts;
