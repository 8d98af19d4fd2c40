namespace ChatEtl.Faults;

/// <summary>What may help against a fault of a database.</summary>
public enum Remedy
{
    /// <summary>Nothing but a person: the fault is permanent.</summary>
    None,

    /// <summary>Trying again soon: a deadlock, a lock, a lost connection.</summary>
    Retry,

    /// <summary>Trying again for a long time: no server, a full log, a failover, a database that starts. Nobody can use the end, and someone, or a job, is on it.</summary>
    Wait,
}
