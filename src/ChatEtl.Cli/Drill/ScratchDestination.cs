using ChatEtl.Configuration;
using ChatEtl.Faults;
using ChatEtl.Sqlite;
using ChatEtl.SqlServer;

namespace ChatEtl.Cli.Drill;

/// <summary>An empty destination for one round of the drill, of the configured product; the configured database itself is never touched.</summary>
/// <param name="configured">The configured destination.</param>
/// <param name="folder">Where files go.</param>
internal sealed class ScratchDestination(DestinationOptions configured, string folder)
{
    private static readonly Guid Root = new("3f6c1a90-7d52-4b1e-8f04-d2a1c0de2013");
    private int _made;

    /// <summary>Makes the next one; all of them are equal to the byte.</summary>
    public DestinationOptions Make()
    {
        _made++;
        try
        {
            return MakeNext();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DestinationException("the scratch destination", null, null, 1, exception, "Making");
        }
    }

    /// <summary>Removes one. A server may need a moment to see that a killed worker is gone.</summary>
    public async Task RemoveAsync(DestinationOptions made, CancellationToken cancellationToken)
    {
        if (made.Kind == EndKind.Sqlite)
        {
            foreach (var file in Directory.EnumerateFiles(folder, Path.GetFileName(made.Path) + "*"))
            {
                File.Delete(file);
            }

            return;
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                SqlServerScratch.Drop(SqlServerEnds.Of(configured), SqlServerEnds.Of(made));
                return;
            }
            catch (IOException) when (attempt < 20)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken);
            }
        }
    }

    private DestinationOptions MakeNext()
    {
        if (configured.Kind == EndKind.SqlServer)
        {
            var name = $"chatetl_drill_{Environment.ProcessId}_{_made}";
            SqlServerScratch.Create(SqlServerEnds.Of(configured), name, Root);
            return configured with { Database = name };
        }

        var path = Path.Combine(folder, $"persistent-{_made}.db");
        SqliteProvisioner.Provision(path, Root);
        return configured with { Path = path };
    }
}
