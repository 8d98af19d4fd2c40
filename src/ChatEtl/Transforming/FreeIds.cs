namespace ChatEtl.Transforming;

/// <summary>Gives out ids above all that are taken and, where the highest possible one is, the lowest free ones.</summary>
internal sealed class FreeIds
{
    private readonly IReadOnlyCollection<int> _taken;
    private HashSet<int>? _known;
    private int _last;

    /// <summary>Looks at the ids in use.</summary>
    public FreeIds(IReadOnlyCollection<int> taken)
    {
        _taken = taken;
        _last = Math.Max(0, taken.DefaultIfEmpty(0).Max());
    }

    /// <summary>An id that nothing has.</summary>
    public int Next()
    {
        if (_known is null && _last < int.MaxValue)
        {
            return ++_last;
        }

        if (_known is null)
        {
            (_known, _last) = ([.. _taken], 0);
        }

        while (!_known.Add(++_last))
        {
        }

        return _last;
    }
}
