using ChatEtl.Chat;
using ChatEtl.Sqlite;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.Sqlite;

public sealed class SqliteProvisionerTests : IDisposable
{
    private static readonly Guid Root = new("0f1c2d3e-4b5a-4697-8899-aabbccddeeff");

    private readonly TempFolder _folder = new();

    private string Path => _folder.File("mgc.db");

    [Fact]
    public void A_provisioned_file_has_what_Persistent_Chat_needs_and_no_more()
    {
        SqliteProvisioner.Provision(Path, Root);

        using var pool = new PoolReader(Path);
        Assert.Equal([[1L, 1L, 1L]], pool.Rows("SELECT nodeID, parentID, nodeType FROM tblNode"));
        Assert.Equal(Root.ToString("D").ToUpperInvariant(), pool.Value("SELECT nodeGuid FROM tblNode"));
        Assert.Equal([[1L, 4L, "sys:system"]], pool.Rows("SELECT prinID, prinTypeID, prinUri FROM tblPrincipal"));
        Assert.Equal(8, pool.Count("SELECT count(*) FROM tblPrincipalType"));
        Assert.Equal(2, pool.Count("SELECT count(*) FROM tblEnumAttribute"));
        Assert.Equal([[2L], [3L], [4L], [5L], [6L]], pool.Rows("SELECT valueID FROM tblEnumValue ORDER BY 1"));
        Assert.Equal([["Creator"], ["Manager"], ["Member"], ["Voiced"]], pool.Rows("SELECT rtypeDesc FROM tblRoleType ORDER BY rtypeID"));
        Assert.Equal(1, pool.Count("SELECT count(*) FROM tblSystemRevision"));
        Assert.Equal(1, pool.Count("SELECT count(*) FROM tblConfig"));
        Assert.Equal(0, pool.Count("SELECT count(*) FROM tblChat"));
        Assert.Equal(ChatSchema.Persistent.Tables.Count, pool.Count("SELECT count(*) FROM sqlite_master WHERE type = 'table'"));
    }

    [Fact]
    public void No_role_type_has_the_id_it_has_in_a_sample_and_the_system_principals_share_only_their_uri()
    {
        SqliteProvisioner.Provision(Path, Root);
        SamplePool.Make(new SampleOptions { Path = _folder.File("legacy.db"), Rooms = 1, Messages = 0, People = 20 });

        using var destination = new PoolReader(Path);
        using var source = new PoolReader(_folder.File("legacy.db"));
        foreach (var row in source.Rows("SELECT rtypeDesc, rtypeID FROM tblRoleType"))
        {
            Assert.NotEqual(row[1], destination.Value($"SELECT rtypeID FROM tblRoleType WHERE rtypeDesc = '{row[0]}'"));
        }

        const string System = "SELECT prinUri, prinGuid FROM tblPrincipal WHERE prinTypeID = 4";
        Assert.Equal(source.Rows(System)[0][0], destination.Rows(System)[0][0]);
        Assert.NotEqual(source.Rows(System)[0][1], destination.Rows(System)[0][1]);
    }

    [Fact]
    public void Equal_guids_make_equal_files_and_no_guid_makes_a_new_one()
    {
        SqliteProvisioner.Provision(Path, Root);
        SqliteProvisioner.Provision(_folder.File("same.db"), Root);
        SqliteProvisioner.Provision(_folder.File("other.db"));

        Assert.Equal(File.ReadAllBytes(Path), File.ReadAllBytes(_folder.File("same.db")));
        Assert.NotEqual(File.ReadAllBytes(Path), File.ReadAllBytes(_folder.File("other.db")));
    }

    [Fact]
    public void A_file_with_something_in_it_is_refused_and_left_as_it_was()
    {
        File.WriteAllText(Path, "precious");

        var refusal = Assert.Throws<IOException>(() => SqliteProvisioner.Provision(Path));

        Assert.Contains("exists and is not empty", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(Path));
        Assert.Equal(["mgc.db"], _folder.FileNames());
    }

    [Fact]
    public void An_empty_file_is_filled()
    {
        File.WriteAllText(Path, "");

        SqliteProvisioner.Provision(Path, Root);

        using var pool = new PoolReader(Path);
        Assert.Equal(1, pool.Count("SELECT count(*) FROM tblNode"));
    }

    [Fact]
    public void What_a_killed_attempt_left_behind_is_replaced()
    {
        File.WriteAllText(Path + ".partial", "half a database");
        File.WriteAllText(Path + ".partial-journal", "and its journal");

        SqliteProvisioner.Provision(Path, Root);

        Assert.Equal(["mgc.db"], _folder.FileNames());
    }

    [Fact]
    public void A_file_that_cannot_be_made_is_named()
    {
        Directory.CreateDirectory(Path);

        var refusal = Assert.Throws<IOException>(() => SqliteProvisioner.Provision(Path));

        Assert.Contains(Path, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named()
    {
        var missing = System.IO.Path.Combine(_folder.Path, "nowhere", "mgc.db");

        var refusal = Assert.Throws<DirectoryNotFoundException>(() => SqliteProvisioner.Provision(missing));

        Assert.Contains("nowhere", refusal.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
