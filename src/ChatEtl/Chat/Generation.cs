namespace ChatEtl.Chat;

/// <summary>Which product release's schema a chat database has.</summary>
public enum Generation
{
    /// <summary>Office Communications Server 2007 R2, Group Chat: read as the 2010 family, missing columns as NULL.</summary>
    OcsR2,

    /// <summary>Lync Server 2010, Group Chat.</summary>
    Lync2010,

    /// <summary>Lync Server 2013, Persistent Chat.</summary>
    Lync2013,
}
