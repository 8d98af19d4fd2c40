using ChatEtl.Chat;

namespace ChatEtl.Reading;

/// <summary>Reads the small tables of a chat database into records.</summary>
/// <remarks>
/// Nodes and principals with values that cannot be read stop the plan (B2, B4); principals with texts that cannot be carried, and rows of
/// the other tables, are rejected. Nothing is dropped.
/// </remarks>
public static class DirectoryReader
{
    private static readonly BatchLimits Page = new(10_000, 8 << 20);
    private static readonly DateTime NeverVerified = new(1900, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Reads the directory.</summary>
    /// <param name="source">The database.</param>
    /// <param name="shape">Its generation and columns.</param>
    /// <param name="cancellationToken">Looked at between rows.</param>
    public static ChatDirectory Read(IChatSource source, SourceShape shape, CancellationToken cancellationToken)
    {
        var state = new State(source, shape, cancellationToken);
        var nodes = state.All("tblNode", true, ReadNode);
        var principals = state.All("tblPrincipal", true, row => ReadPrincipal(row, shape.Generation));
        var roles = state.All("tblPrincipalRole", false, row => new Role(
            row.Int("prinRoleNodeID"), row.Int("prinRolePrinID"), row.Int("prinRoleTypeID"), row.OptionalInt("prinRoleUpdatedBy")));
        var scopes = state.All("tblScopePrincipal", false, row => new Scope(
            row.Int("scopeNodeID"), row.Int("scopePrinID"), row.Bit("scopeIsDenied", missing: false), row.OptionalInt("scopeUpdatedBy")));
        var addIns = state.All("tblSiopWhiteList", false, row => new AddIn(row.Guid("siopID"), row.Text("siopName"), row.Text("siopUrl")));
        var types = state.All("tblRoleType", true, row => new RoleType(row.Int("rtypeID"), row.Text("rtypeDesc")));

        return new ChatDirectory
        {
            Generation = shape.Generation,
            Nodes = [.. nodes.OrderBy(node => node.Id)],
            Principals = [.. principals.OrderBy(principal => principal.Id)],
            Roles = [.. roles.OrderBy(role => role.Node).ThenBy(role => role.Principal).ThenBy(role => role.Type)],
            Scopes = [.. scopes.OrderBy(scope => scope.Node).ThenBy(scope => scope.Principal)],
            AddIns = addIns,
            RoleTypes = types,
            Affiliations = ReadAffiliations(source, shape, cancellationToken),
            Rejections = state.Rejections,
            Problems = state.Problems,
            RowsRead = state.RowsRead,
        };
    }

    /// <summary>Reads the directories of both sides at the same time.</summary>
    /// <param name="source">The source.</param>
    /// <param name="shape">Its generation and columns.</param>
    /// <param name="destination">The destination.</param>
    /// <param name="destinationShape">Its columns.</param>
    /// <param name="cancellationToken">Looked at between rows.</param>
    public static (ChatDirectory Source, ChatDirectory Destination) ReadBoth(
        IChatSource source, SourceShape shape, IChatSource destination, SourceShape destinationShape, CancellationToken cancellationToken)
    {
        using var ahead = new ReadAhead<ChatDirectory>("source directory", stop => [Read(source, shape, stop)], cancellationToken);
        var second = Read(destination, destinationShape, cancellationToken);
        return ahead.TryTake(out var first) ? (first, second) : throw new InvalidOperationException("The source's directory was not read.");
    }

    /// <summary>Reads tblNode alone; rows that cannot be read become problems of the plan.</summary>
    /// <param name="source">The database.</param>
    /// <param name="shape">Its generation and columns.</param>
    /// <param name="cancellationToken">Looked at between rows.</param>
    public static (IReadOnlyList<Node> Nodes, IReadOnlyList<Finding> Problems) ReadNodes(
        IChatSource source, SourceShape shape, CancellationToken cancellationToken)
    {
        var state = new State(source, shape, cancellationToken);
        var nodes = state.All("tblNode", true, ReadNode);
        return ([.. nodes.OrderBy(node => node.Id)], state.Problems);
    }

    private static Node ReadNode(RowFields row) => new()
    {
        Id = row.Int("nodeID"),
        Guid = row.Guid("nodeGuid"),
        Parent = row.OptionalInt("parentID"),
        IsCategory = row.Bit("nodeType"),
        Name = row.Text("nodeName"),
        Description = row.Text("nodeDesc", missing: ""),
        Topic = row.OptionalText("topic") ?? "",
        Invite = row.OptionalBit("invite"),
        Logged = row.OptionalBit("logged"),
        FilePost = row.OptionalBit("filePost"),
        Disabled = row.Bit("disabled", missing: false),
        Inheritance = row.OptionalBit("inheritance") ?? false,
        OverrideMember = row.Has("overrideMember") ? row.OptionalBit("overrideMember") ?? false : null,
        RestrictChildCreate = row.OptionalBit("restrictChildCreate"),
        Behaviour = row.OptionalShort("behavior"),
        Visibility = row.OptionalShort("visibility"),
        ScopeDefiner = row.OptionalInt("scopeDefinerId"),
        RoleDefiner = row.OptionalInt("roleDefinerId"),
        AddIn = row.OptionalGuid("siopID"),
        AddedBy = row.OptionalInt("nodeAddedBy"),
        AddedOn = row.Ticks("nodeAddedOn"),
        UpdatedBy = row.OptionalInt("nodeUpdatedBy"),
        UpdatedOn = row.Ticks("nodeUpdatedOn"),
        PurgedOn = row.OptionalTime("purgedOn"),
    };

    private static Principal ReadPrincipal(RowFields row, Generation generation) => new()
    {
        Id = row.Int("prinID"),
        Guid = row.Guid("prinGuid"),
        Uri = row.Text("prinUri", 256),
        Name = row.OptionalText("prinName", 256),
        DisplayName = row.OptionalText("prinDisplayName", 256),
        CompanyName = row.OptionalText("prinCompanyName", 256),
        Email = row.OptionalText("prinEmail", 256),
        AdPath = row.OptionalText("prinADPath", 384),
        UserPrincipalName = row.OptionalText("prinADUserPrincipalName", 256),
        Disabled = (short)row.Integer("prinDisabled", 0, generation == Generation.Lync2013 ? short.MaxValue : 1, 0),
        Type = row.Short("prinTypeID"),
        AddedBy = row.OptionalInt("prinAddedBy"),
        AddedOn = row.Ticks("prinAddedOn"),
        UpdatedBy = row.OptionalInt("prinUpdatedBy"),
        UpdatedOn = row.Ticks("prinUpdatedOn"),
        VerifiedOn = row.Time("prinVerifiedOn", NeverVerified),
    };

    private static AffiliationGraph ReadAffiliations(IChatSource source, SourceShape shape, CancellationToken cancellationToken)
    {
        var graph = new AffiliationGraph();
        var table = shape.Schema["tblPrincipalAffiliations"];
        var (principal, affiliation) = (table.Ordinal("principalID"), table.Ordinal("affiliationID"));
        foreach (var row in source.ReadRows(table, "", Page, cancellationToken).SelectMany(page => page.Rows))
        {
            // A row that cannot be read is rejected where affiliations are carried (T24).
            if (Cells.TryInteger(row[principal], int.MinValue, int.MaxValue, out var who)
                && Cells.TryInteger(row[affiliation], int.MinValue, int.MaxValue, out var whom))
            {
                graph.Add((int)who, (int)whom);
            }
        }

        return graph;
    }

    private sealed class State(IChatSource source, SourceShape shape, CancellationToken cancellationToken)
    {
        public List<Rejection> Rejections { get; } = [];

        public List<Finding> Problems { get; } = [];

        public Dictionary<string, long> RowsRead { get; } = new(StringComparer.OrdinalIgnoreCase);

        /// <summary>Reads a table into records; a row with a fault becomes a problem of the plan or a rejection instead.</summary>
        public List<T> All<T>(string name, bool stopsPlan, Func<RowFields, T> read)
        {
            var table = shape.Schema[name];
            var fields = new RowFields(table, shape.Shape);
            var records = new List<T>();
            var rows = 0L;
            foreach (var cells in source.ReadRows(table, "", Page, cancellationToken).SelectMany(page => page.Rows))
            {
                rows++;
                fields.Open(cells);
                var record = read(fields);
                if (fields.Faults.Count + fields.TextFaults.Count == 0)
                {
                    records.Add(record);
                    continue;
                }

                var reason = string.Join("; ", fields.Faults.Concat(fields.TextFaults)) + ".";
                if (stopsPlan && (fields.Faults.Count > 0 || name == "tblNode"))
                {
                    Problems.Add(new Finding("B2", Severity.Error, name, fields.Key, reason));
                }
                else
                {
                    Rejections.Add(new Rejection(name, fields.Key, name == "tblPrincipal" ? "T11" : "B4", reason, fields.Json));
                }
            }

            RowsRead[name] = rows;
            return records;
        }
    }
}
