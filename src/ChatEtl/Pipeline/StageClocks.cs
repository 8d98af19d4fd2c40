namespace ChatEtl.Pipeline;

/// <summary>The stages of the pipeline.</summary>
public enum Stage
{
    /// <summary>Reading from the source.</summary>
    Reading,

    /// <summary>Applying the rules.</summary>
    Transforming,

    /// <summary>Writing to the destination.</summary>
    Writing,
}

/// <summary>How long each stage was at work, over all its threads. Safe for concurrent use.</summary>
public sealed class StageClocks
{
    private readonly long[] _busy = new long[Enum.GetValues<Stage>().Length];
    private int[] _threads = [1, 1, 1];

    /// <summary>Time at work; waiting for the other stages does not count, waiting for a database does.</summary>
    public TimeSpan this[Stage stage] => TimeSpan.FromTicks(Interlocked.Read(ref _busy[(int)stage]));

    /// <summary>The stage whose threads were longest at work: the one the others wait for.</summary>
    public Stage Slowest => Enum.GetValues<Stage>().MaxBy(stage => this[stage] / _threads[(int)stage]);

    internal void Share(int readers, int transformers, int writers) => _threads = [readers, transformers, writers];

    internal void Add(Stage stage, TimeSpan busy) => Interlocked.Add(ref _busy[(int)stage], busy.Ticks);
}
