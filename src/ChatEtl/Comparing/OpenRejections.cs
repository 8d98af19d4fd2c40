namespace ChatEtl.Comparing;

/// <summary>The open rejections of one source table, and which of them a row was found for.</summary>
/// <remarks>Keys that cannot be told apart (NULLs) count as often as they are stored.</remarks>
internal sealed class OpenRejections
{
    private readonly Dictionary<string, (int Stored, int Met)> _keys = new(StringComparer.Ordinal);

    public OpenRejections(IEnumerable<string> keys)
    {
        foreach (var key in keys)
        {
            _keys[key] = (_keys.GetValueOrDefault(key).Stored + 1, 0);
        }
    }

    /// <summary>Rejections for which no row was found at all.</summary>
    public IEnumerable<string> Unmet => _keys.Where(key => key.Value.Met == 0).Select(key => key.Key).Order(StringComparer.Ordinal);

    /// <summary>Takes a row as rejected; false when no open rejection stands for it.</summary>
    public bool Meet(string key)
    {
        if (_keys.Count == 0 || !_keys.TryGetValue(key, out var count) || count.Met == count.Stored)
        {
            return false;
        }

        _keys[key] = (count.Stored, count.Met + 1);
        return true;
    }

    /// <summary>Judges a row that the rules reject: it must stand among the open rejections.</summary>
    public void Judge(string table, string key, DifferenceLog log)
    {
        if (Meet(key))
        {
            log.Of(table).Rejected++;
        }
        else
        {
            log.Missing(table, $"source {key}", "The rules reject the source row, and no open rejection names it: neither written nor rejected.");
        }
    }

    /// <summary>Reports rejections that stand for no row.</summary>
    public void ReportUnmet(string table, DifferenceLog log)
    {
        foreach (var key in Unmet)
        {
            log.Extra(table, $"source {key}", "An open rejection names a row that the source does not hold or that is written.");
        }
    }
}
