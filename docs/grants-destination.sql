-- What ChatEtl needs at a destination, and no more: to read the product's tables, to write those it migrates, and to keep its checkpoints in
-- a schema of its own, chatetl. SQL Server 2008 R2 and later.
--
--   sqlcmd -S SERVER -E -b -v database="mgc" login="DOMAIN\account" -i grants-destination.sql
--
-- The login (a Windows account or a SQL login) must exist. ADMINISTER BULK OPERATIONS is not needed: that is for BULK INSERT and OPENROWSET,
-- which read files on the server. A bulk load over the connection needs INSERT and SELECT. Only where a table that is written has a column that
-- counts by itself (the plan says so) or triggers, even disabled ones, it also needs ALTER on that table:
--   GRANT ALTER ON dbo.tblPrincipal TO chatetl_destination;
USE [$(database)];
GO

IF NOT EXISTS (SELECT 1 FROM sys.database_principals WHERE name = N'$(login)')
    CREATE USER [$(login)] FOR LOGIN [$(login)];
GO

IF NOT EXISTS (SELECT 1 FROM sys.database_principals WHERE name = N'chatetl_destination' AND type = 'R')
    CREATE ROLE chatetl_destination;
GO

-- To read back and compare, and to see what would refuse our rows: columns, keys, constraints, triggers.
GRANT SELECT ON SCHEMA::dbo TO chatetl_destination;
GO
GRANT VIEW DEFINITION ON SCHEMA::dbo TO chatetl_destination;
GO

-- The directory.
GRANT INSERT, UPDATE, DELETE ON dbo.tblPrincipal TO chatetl_destination;
GRANT INSERT, UPDATE, DELETE ON dbo.tblSiopWhiteList TO chatetl_destination;
GRANT INSERT, UPDATE, DELETE ON dbo.tblNode TO chatetl_destination;
GRANT INSERT, UPDATE, DELETE ON dbo.tblScopePrincipal TO chatetl_destination;
GRANT INSERT, UPDATE, DELETE ON dbo.tblPrincipalRole TO chatetl_destination;

-- The streams.
GRANT INSERT, UPDATE, DELETE ON dbo.tblChat TO chatetl_destination;
GRANT INSERT, UPDATE, DELETE ON dbo.tblPrincipalInvites TO chatetl_destination;
GRANT INSERT, UPDATE, DELETE ON dbo.tblPrincipalAffiliations TO chatetl_destination;
GRANT INSERT, UPDATE, DELETE ON dbo.tblPreference TO chatetl_destination;

-- The counters.
GRANT INSERT, UPDATE, DELETE ON dbo.tblLastChatId TO chatetl_destination;
GRANT INSERT, UPDATE, DELETE ON dbo.tblLastInviteId TO chatetl_destination;
GRANT UPDATE ON dbo.tblSystemRevision TO chatetl_destination;
GO

-- Our own tables, in a schema that all accounts of the role see; finish drops both. To migrate again after that, run this script again.
IF SCHEMA_ID(N'chatetl') IS NULL
    EXEC (N'CREATE SCHEMA chatetl AUTHORIZATION chatetl_destination');
GO

GRANT CREATE SCHEMA TO chatetl_destination;
GRANT CREATE TABLE TO chatetl_destination;
GO

EXEC sp_addrolemember N'chatetl_destination', N'$(login)';
GO

-- When the migration is over, after chat-etl finish:
--   EXEC sp_droprolemember N'chatetl_destination', N'DOMAIN\account'; DROP ROLE chatetl_destination; DROP USER [DOMAIN\account];
