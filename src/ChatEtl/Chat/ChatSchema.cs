namespace ChatEtl.Chat;

/// <summary>The documented tables of one family of products, parents before children.</summary>
/// <remarks>
/// Facts from the Lync Server 2013 library (Gg558628 and its pages) and the Lync Server 2010 library (gg615034). Tables that
/// the 2010 library documents by name only take their 2013 columns. 2007 R2 has no published columns: it is read with <see cref="Legacy"/>.
/// </remarks>
public sealed class ChatSchema
{
    private readonly Dictionary<string, Table> _tables;

    private ChatSchema(params Table[] tables)
    {
        Tables = tables;
        _tables = tables.ToDictionary(t => t.Name, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Persistent Chat Server 2013, database <c>mgc</c>.</summary>
    public static ChatSchema Persistent { get; } = new(
        Table.Define("tblPrincipalType", "ptypeID", """
            ptypeID            smallint
            ptypeDesc          nvarchar(256)
            ptypeIsSystemUser  bit
            ptypeIsUser        bit
            """),
        Table.Define("tblEnumAttribute", "attributeID", """
            attributeID    smallint
            attributeName  nvarchar(256)
            """),
        Table.Define("tblEnumValue", "valueID", """
            valueID         smallint
            attributeID     smallint
            attributeValue  nvarchar(256)
            """),
        Table.Define("tblRoleType", "rtypeID", """
            rtypeID              int              required
            rtypeDesc            nvarchar(256)    required
            rtypeAllowedPermSet  bigint
            """),
        Table.Define("tblSystemRevision", "", """
            sysRevision  bigint
            """),
        Table.Define("tblConfig", "configLabel", """
            configLabel    nvarchar(255)
            configContent  nvarchar(max)    null
            configPoolID   uniqueidentifier
            """),
        Table.Define("tblServerIdentity", "serverID", """
            serverID            int
            serverAddress       nvarchar(256)
            serverLastPingTime  datetime         null
            """),
        Table.Define("tblActivePeers", "aplServerID, aplPeerID", """
            aplServerID  int
            aplPeerID    int
            """),
        Table.Define("tblAdminLock", "", """
            lockExpiresTime  datetime
            lockServerID     int
            lockActorID      int
            """),
        Table.Define("tblPrincipal", "prinID", """
            prinID                   int              required
            prinGuid                 uniqueidentifier required
            prinUri                  nvarchar(256)    required
            prinName                 nvarchar(256)    required null
            prinDisplayName          nvarchar(256)    null
            prinCompanyName          nvarchar(256)    null
            prinEmail                nvarchar(256)    null
            prinADPath               nvarchar(384)    null
            prinADUserPrincipalName  nvarchar(256)    null
            prinDisabled             smallint
            prinTypeID               smallint         required
            prinPoolID               int              null
            prinPolicyID             int              null
            prinAddedBy              int              null
            prinAddedOn              bigint
            prinUpdatedBy            int              null
            prinUpdatedOn            bigint
            prinVerifiedOn           datetime
            """),
        Table.Define("tblPrincipalAffiliations", "principalID, index, affiliationID", """
            principalID    int
            affiliationID  int
            index          int
            updatedBy      int
            """),
        Table.Define("tblPrincipalMembers", "prinID, memberADPath", """
            prinID        int
            memberADPath  nvarchar(384)
            """),
        Table.Define("tblPrincipalMeta", "prinID", """
            prinID                 int
            prinAffiliationsDirty  bit
            prinAttributesDirty    bit
            prinDeleted            bit
            tryCount               int              null
            lastTry                datetime         null
            nextTry                datetime         null
            """),
        Table.Define("tblPrincipalMemberDifference", "prinGuid, memberADPath", """
            prinGuid       uniqueidentifier
            memberADPath   nvarchar(256)    null
            memberRemoved  bit
            """),
        Table.Define("tblADCookie", "prinGuid", """
            prinGuid     uniqueidentifier
            prinDCHost   nvarchar(255)    null
            adcContent   image            null
            lastUpdated  datetime         null
            lockedUntil  datetime         null
            """),
        Table.Define("tblADUpdates", "", """
            prinGuid                 uniqueidentifier
            prinADPath               nvarchar(384)
            prinAttributesChanged    bit
            prinMembersChanged       bit
            prinAffiliationsChanged  bit
            prinDeleted              bit
            lastUpdated              datetime
            """),
        Table.Define("tblSkippedAffiliations", "prinID, affDescription", """
            prinID          int
            affDescription  nvarchar(256)
            updatedBy       int
            """),
        Table.Define("tblSiopWhiteList", "siopID", """
            siopID    uniqueidentifier
            siopName  nvarchar(50)
            siopUrl   nvarchar(255)
            """),
        Table.Define("tblNode", "nodeID", """
            nodeID         int              required
            nodeGuid       uniqueidentifier required
            parentID       int              required null
            nodeType       bit              required
            nodeName       nvarchar(256)    required
            nodeDesc       nvarchar(256)
            invite         bit              null
            logged         bit              null
            filePost       bit              null
            disabled       bit
            behavior       smallint
            visibility     smallint
            siopID         uniqueidentifier null
            nodeAddedBy    int
            nodeAddedOn    bigint
            nodeUpdatedBy  int
            nodeUpdatedOn  bigint
            purgedOn       datetime         null
            """),
        Table.Define("tblScopePrincipal", "scopeNodeID, scopePrinID", """
            scopeNodeID     int
            scopePrinID     int
            scopeIsDenied   bit
            scopeUpdatedBy  int
            """),
        Table.Define("tblPrincipalRole", "prinRoleNodeID, prinRolePrinID, prinRoleTypeID", """
            prinRoleNodeID     int              required
            prinRolePrinID     int              required
            prinRoleTypeID     int              required
            prinRoleUpdatedBy  int
            """),
        Table.Define("tblPrincipalInvites", "prinID, nodeID", """
            prinID     int
            invID      int
            nodeID     int
            createdOn  datetime
            """),
        Table.Define("tblLastInviteId", "prinID", """
            prinID        int
            lastInviteID  int
            """),
        Table.Define("tblLastChatId", "nodeID, lastChatID", """
            nodeID      int
            lastChatID  bigint
            """),
        Table.Define("tblPreference", "prefLabel, prefSeqID", """
            prefLabel       nvarchar(255)
            prefSeqID       int
            prefContent     nvarchar(max)    null
            lastModifiedBy  int
            """),
        Table.Define("tblFileToken", "fileToken", """
            fileToken                        nvarchar(50)
            fileTokenUserID                  int
            fileTokenChannelID               uniqueidentifier
            fileTokenExpireDate              datetime
            fileTokenComplianceFileUrl       nvarchar(256)    null
            fileTokenComplianceThumbnailUrl  nvarchar(256)    null
            fileTokenComplianceTime          datetime2        null
            fileTokenComplianceIsUpload      bit              null
            fileTokenCompliancePinned        bit
            """),
        Table.Define("tblChat", "channelId, chatId", """
            channelId  int              required
            chatId     bigint           required
            chatDate   bigint           required
            userId     int              required
            isAlert    bit
            content    nvarchar(max)    required
            rtf        varchar(max)     null
            """));

    /// <summary>The tables of a 2013 database that a migration writes.</summary>
    public static IReadOnlyList<Table> Written { get; } =
    [
        .. new[]
        {
            "tblPrincipal", "tblSiopWhiteList", "tblNode", "tblScopePrincipal", "tblPrincipalRole", "tblPrincipalInvites", "tblLastInviteId",
            "tblLastChatId", "tblPreference", "tblPrincipalAffiliations", "tblChat",
        }.Select(name => Persistent[name]),
    ];

    /// <summary>Group Chat: Lync Server 2010 and, with columns missing, Office Communications Server 2007 R2.</summary>
    public static ChatSchema Legacy { get; } = new(
        Table.Define("tblPrincipalType", "ptypeID", """
            ptypeID            smallint
            ptypeDesc          nvarchar(256)
            ptypeIsSystemUser  bit
            ptypeIsUser        bit
            ptypeIsFederated   bit
            """),
        Persistent["tblEnumAttribute"],
        Persistent["tblEnumValue"],
        Table.Define("tblRoleType", "rtypeID", """
            rtypeID              int              required
            rtypeDesc            nvarchar(256)    required
            rtypeAllowedPermSet  bigint
            honorsOverride       bit
            honorsScope          bit
            """),
        Persistent["tblSystemRevision"],
        Table.Define("tblConfig", "configLabel, configSeqID", """
            configLabel     nvarchar(255)
            configSeqID     int
            configContent   nvarchar(max)    null
            lastModifiedBy  int
            """),
        Table.Define("tblServerIdentity", "serverID", """
            serverID            int
            serverAddress       nvarchar(256)
            serverType          int
            serverLastPingTime  datetime         null
            """),
        Persistent["tblAdminLock"],
        Table.Define("tblPrincipal", "prinID", """
            prinID                   int              required
            prinGuid                 uniqueidentifier required
            prinUri                  nvarchar(256)    required
            prinName                 nvarchar(256)    required null
            prinCompanyName          nvarchar(256)    null
            prinEmail                nvarchar(256)    null
            prinADPath               nvarchar(256)    null
            prinADUserPrincipalName  nvarchar(256)    null
            prinDisabled             bit
            prinTypeID               smallint         required
            prinAllowedPermSet       bigint
            prinUseInheritedPerms    bit
            prinAddedBy              int              null
            prinAddedOn              bigint
            prinUpdatedBy            int              null
            prinUpdatedOn            bigint
            prinVerifiedOn           datetime
            """),
        Persistent["tblPrincipalAffiliations"],
        Table.Define("tblPrincipalMembers", "prinID, memberADPath", """
            prinID        int
            memberADPath  nvarchar(256)
            """),
        Persistent["tblSiopWhiteList"],
        Table.Define("tblNode", "nodeID", """
            nodeID               int              required
            nodeGuid             uniqueidentifier required
            parentID             int              required null
            nodeType             bit              required
            nodeName             nvarchar(256)    required
            nodeDesc             nvarchar(256)
            topic                nvarchar(256)
            filestoreURI         nvarchar(256)    null
            inheritance          bit
            scopeChange          bit
            overrideMember       bit
            invite               bit              null
            logged               bit              null
            filePost             bit              null
            disabled             bit
            restrictChildCreate  bit              null
            behavior             smallint
            visibility           smallint         null
            scopeDefinerId       int
            roleDefinerId        int
            siopID               uniqueidentifier null
            nodeAddedBy          int
            nodeAddedOn          bigint
            nodeUpdatedBy        int
            nodeUpdatedOn        bigint
            """),
        Table.Define("tblScopePrincipal", "scopeNodeID, scopePrinID", """
            scopeNodeID     int
            scopePrinID     int
            scopeUpdatedBy  int
            """),
        Table.Define("tblPrincipalRole", "prinRoleNodeID, prinRolePrinID, prinRoleTypeID", """
            prinRoleNodeID     int              required
            prinRolePrinID     int              required
            prinRoleTypeID     int              required
            prinRoleUpdatedBy  int
            honorsOverride     bit
            honorsScope        bit
            """),
        Persistent["tblPrincipalInvites"],
        Persistent["tblLastInviteId"],
        Persistent["tblLastChatId"],
        Persistent["tblPreference"],
        Table.Define("tblFileToken", "fileToken", """
            fileToken            nvarchar(50)
            fileTokenUserID      int
            fileTokenChannelID   uniqueidentifier
            fileTokenExpireTime  datetime
            """),
        Table.Define("tblChat", "channelID, chatID", """
            channelID  int              required
            chatID     bigint           required
            chatDate   bigint           required
            userId     int              required
            isAlert    bit
            content    nvarchar(max)    required
            """),
        Table.Define("tblPurgedRoles", "", """
            purgedOn  datetime
            nodeId    int
            prinId    int
            roleId    int
            """),
        Table.Define("tblPurgedScoped", "", """
            purgedOn  datetime
            nodeId    int
            prinId    int
            """),
        Table.Define("tblVersion", "versionId", """
            versionId    int
            versionedOn  datetime
            description  nvarchar(255)    null
            poolId       uniqueidentifier
            """));

    /// <summary>All tables, parents before children.</summary>
    public IReadOnlyList<Table> Tables { get; }

    /// <summary>The table of that name.</summary>
    /// <exception cref="KeyNotFoundException">No such table in this family; a fault of this program.</exception>
    public Table this[string name] => _tables[name];

    /// <summary>The family a generation belongs to.</summary>
    public static ChatSchema Of(Generation generation) => generation == Generation.Lync2013 ? Persistent : Legacy;

    /// <summary>The table of that name, or null.</summary>
    public Table? Find(string name) => _tables.GetValueOrDefault(name);
}
