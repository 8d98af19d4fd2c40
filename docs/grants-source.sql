-- What ChatEtl needs at a source, and no more: to read the product's tables. SQL Server 2008 R2 and later.
--
--   sqlcmd -S SERVER -E -b -v database="mgc" login="DOMAIN\account" -i grants-source.sql
--
-- The login (a Windows account, a Windows group, or a SQL login) must exist. The catalog shows a reader the columns and keys of the tables it
-- may read, and its own database's settings; VIEW DEFINITION and VIEW SERVER STATE are not needed.
USE [$(database)];
GO

IF NOT EXISTS (SELECT 1 FROM sys.database_principals WHERE name = N'$(login)')
    CREATE USER [$(login)] FOR LOGIN [$(login)];
GO

IF NOT EXISTS (SELECT 1 FROM sys.database_principals WHERE name = N'chatetl_source' AND type = 'R')
    CREATE ROLE chatetl_source;
GO

GRANT SELECT ON SCHEMA::dbo TO chatetl_source;
GO

EXEC sp_addrolemember N'chatetl_source', N'$(login)';
GO

-- When the migration is over:
--   EXEC sp_droprolemember N'chatetl_source', N'DOMAIN\account'; DROP ROLE chatetl_source; DROP USER [DOMAIN\account];
