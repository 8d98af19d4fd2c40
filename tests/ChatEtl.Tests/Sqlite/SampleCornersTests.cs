using ChatEtl.Chat;
using ChatEtl.Sqlite;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.Sqlite;

/// <summary>Every corner the rules speak of is in the sample; each is asked for by its own query, which must find something.</summary>
public sealed class SampleCornersTests : IDisposable
{
    private const string Tree = """
        WITH RECURSIVE tree(nodeID, depth) AS (
            SELECT 1, 0 UNION ALL SELECT n.nodeID, tree.depth + 1 FROM tblNode AS n JOIN tree ON n.parentID = tree.nodeID WHERE n.nodeID <> 1)
        """;

    private const string InScope = """
        WITH RECURSIVE member(node, principal) AS (
            SELECT scopeNodeID, scopePrinID FROM tblScopePrincipal
            UNION SELECT node, principalID FROM tblPrincipalAffiliations JOIN member ON affiliationID = principal)
        """;

    private readonly TempFolder _folder = new();

    public static TheoryData<string, string> LegacyCorners => new()
    {
        { "categories of the fourth level", $"{Tree} SELECT count(*) FROM tree JOIN tblNode USING (nodeID) WHERE nodeType = 1 AND depth >= 4" },
        { "a category older than its parent", "SELECT count(*) FROM tblNode WHERE nodeType = 1 AND nodeID < parentID" },
        { "equal room names", "SELECT count(*) FROM (SELECT 1 FROM tblNode WHERE nodeType = 0 GROUP BY lower(nodeName) HAVING count(*) > 3)" },
        { "a disabled room of an active one's name", "SELECT count(*) FROM tblNode AS a JOIN tblNode AS b USING (nodeName) WHERE a.disabled = 1 AND b.disabled = 0" },
        { "a name of 256", "SELECT count(*) FROM tblNode WHERE length(nodeName) = 256" },
        { "CJK", "SELECT count(*) FROM tblNode WHERE nodeName LIKE '%会議室%'" },
        { "Arabic", "SELECT count(*) FROM tblNode WHERE nodeName LIKE '%غرفة%'" },
        { "Cyrillic", "SELECT count(*) FROM tblNode WHERE nodeName LIKE '%Курилка%'" },
        { "astral", "SELECT count(*) FROM tblNode WHERE nodeName LIKE '%🎉%'" },
        { "a trailing blank", "SELECT count(*) FROM tblNode WHERE nodeName LIKE '% '" },
        { "rooms under the root", "SELECT count(*) FROM tblNode WHERE nodeType = 0 AND parentID = 1" },
        { "an empty category", "SELECT count(*) FROM tblNode AS c WHERE nodeType = 1 AND NOT EXISTS (SELECT 1 FROM tblNode AS n WHERE n.parentID = c.nodeID)" },
        { "a manager of the empty category", "SELECT count(*) FROM tblPrincipalRole JOIN tblNode ON nodeID = prinRoleNodeID WHERE nodeName = 'Archive' AND prinRoleTypeID = 3" },
        { "a disabled category", "SELECT count(*) FROM tblNode WHERE nodeType = 1 AND disabled = 1" },
        { "external, federated and other principals", "SELECT count(DISTINCT prinTypeID) = 8 FROM tblPrincipal" },
        { "disabled people", "SELECT count(*) FROM tblPrincipal WHERE prinTypeID = 5 AND prinDisabled = 1" },
        { "self-affiliations", "SELECT count(*) FROM tblPrincipalAffiliations WHERE principalID = affiliationID AND \"index\" = -1" },
        { "groups in folders", "SELECT count(*) FROM tblPrincipalAffiliations JOIN tblPrincipal AS a ON a.prinID = principalID JOIN tblPrincipal AS b ON b.prinID = affiliationID WHERE a.prinTypeID = 9 AND b.prinTypeID = 10" },
        { "a cycle of groups", "SELECT count(*) FROM tblPrincipalAffiliations AS a JOIN tblPrincipalAffiliations AS b ON a.principalID = b.affiliationID AND a.affiliationID = b.principalID WHERE a.principalID < a.affiliationID" },
        { "federated people in a federated group", "SELECT count(*) FROM tblPrincipalAffiliations JOIN tblPrincipal AS a ON a.prinID = principalID JOIN tblPrincipal AS b ON b.prinID = affiliationID WHERE a.prinTypeID = 7 AND b.prinTypeID = 11" },
        { "presenters who are no members", "SELECT count(*) FROM tblPrincipalRole AS v JOIN tblNode ON nodeID = v.prinRoleNodeID WHERE behavior = 5 AND v.prinRoleTypeID = 2 AND NOT EXISTS (SELECT 1 FROM tblPrincipalRole AS m WHERE m.prinRoleNodeID = nodeID AND m.prinRolePrinID = v.prinRolePrinID AND m.prinRoleTypeID = 1)" },
        { "presenters who are members", "SELECT count(*) FROM tblPrincipalRole AS v JOIN tblPrincipalRole AS m USING (prinRoleNodeID, prinRolePrinID) JOIN tblNode ON nodeID = prinRoleNodeID WHERE behavior = 5 AND v.prinRoleTypeID = 2 AND m.prinRoleTypeID = 1" },
        { "a presenter of a normal room", "SELECT count(*) FROM tblPrincipalRole JOIN tblNode ON nodeID = prinRoleNodeID WHERE behavior = 4 AND nodeType = 0 AND prinRoleTypeID = 2" },
        { "a presenter of a category", "SELECT count(*) FROM tblPrincipalRole JOIN tblNode ON nodeID = prinRoleNodeID WHERE nodeType = 1 AND prinRoleTypeID = 2" },
        { "a disabled member", "SELECT count(*) FROM tblPrincipalRole JOIN tblPrincipal ON prinID = prinRolePrinID WHERE prinTypeID = 5 AND prinDisabled = 1" },
        { "group members", "SELECT count(*) FROM tblPrincipalRole JOIN tblPrincipal ON prinID = prinRolePrinID WHERE prinTypeID = 9 AND prinRoleTypeID = 1" },
        { "managers of the root", "SELECT count(*) FROM tblPrincipalRole WHERE prinRoleNodeID = 1 AND prinRoleTypeID = 3" },
        { "overridden membership", "SELECT count(*) FROM tblNode WHERE overrideMember = 1 AND roleDefinerId = nodeID" },
        { "inherited membership", "SELECT count(*) FROM tblNode WHERE overrideMember = 0 AND roleDefinerId NOT IN (1, nodeID)" },
        { "invitations on under off", "SELECT count(*) FROM tblNode AS r JOIN tblNode AS c ON c.nodeID = r.parentID WHERE r.nodeType = 0 AND r.invite = 1 AND c.invite = 0" },
        { "invitations off under on", "SELECT count(*) FROM tblNode AS r JOIN tblNode AS c ON c.nodeID = r.parentID WHERE r.nodeType = 0 AND r.invite = 0 AND c.invite = 1" },
        { "history that differs", "SELECT count(*) FROM tblNode AS r JOIN tblNode AS c ON c.nodeID = r.parentID WHERE r.nodeType = 0 AND r.logged <> c.logged" },
        { "uploads that differ", "SELECT count(*) FROM tblNode AS r JOIN tblNode AS c ON c.nodeID = r.parentID WHERE r.nodeType = 0 AND r.filePost <> c.filePost" },
        { "private rooms", "SELECT count(*) FROM tblNode WHERE nodeType = 0 AND visibility = 2" },
        { "a room wider than its forcing category", "SELECT count(*) FROM tblNode AS r JOIN tblNode AS c ON c.nodeID = r.parentID WHERE c.inheritance = 1 AND c.visibility = 2 AND r.visibility = 3" },
        { "inherited settings", "SELECT count(*) FROM tblNode WHERE nodeType = 0 AND invite IS NULL AND logged IS NULL AND filePost IS NULL AND visibility IS NULL" },
        { "categories whose members may create", "SELECT count(*) FROM tblNode WHERE nodeType = 1 AND restrictChildCreate = 1" },
        { "a topic without description", "SELECT count(*) FROM tblNode WHERE nodeType = 0 AND topic <> '' AND nodeDesc = ''" },
        { "a topic that does not fit", "SELECT count(*) FROM tblNode WHERE nodeType = 0 AND topic <> '' AND nodeDesc <> '' AND length(topic) + length(nodeDesc) + 3 > 256" },
        { "a topic equal to the description", "SELECT count(*) FROM tblNode WHERE nodeType = 0 AND topic <> '' AND topic = nodeDesc" },
        { "a category's topic", "SELECT count(*) FROM tblNode WHERE nodeType = 1 AND topic <> ''" },
        { "the domain as scope of the root", "SELECT count(*) FROM tblScopePrincipal JOIN tblPrincipal ON prinID = scopePrinID WHERE scopeNodeID = 1 AND prinTypeID = 8" },
        { "narrower scopes", "SELECT count(*) FROM tblNode WHERE scopeDefinerId = nodeID AND nodeID <> 1 AND nodeID IN (SELECT scopeNodeID FROM tblScopePrincipal)" },
        { "inherited narrower scopes", "SELECT count(*) FROM tblNode WHERE scopeDefinerId NOT IN (1, nodeID)" },
        { "a few roles out of scope", $"{InScope} SELECT count(*) BETWEEN 3 AND 40 FROM tblPrincipalRole JOIN tblNode ON nodeID = prinRoleNodeID WHERE nodeType = 0 AND NOT EXISTS (SELECT 1 FROM member WHERE node = scopeDefinerId AND principal = prinRolePrinID)" },
        { "a room of nobody", "SELECT count(*) FROM tblNode WHERE nodeType = 0 AND overrideMember = 1 AND nodeID NOT IN (SELECT prinRoleNodeID FROM tblPrincipalRole)" },
        { "add-ins in use", "SELECT count(DISTINCT siopID) FROM tblNode WHERE siopID IN (SELECT siopID FROM tblSiopWhiteList)" },
        { "invitations", "SELECT count(*) FROM tblPrincipalInvites JOIN tblNode USING (nodeID) WHERE disabled = 0" },
        { "a preference in several versions", "SELECT count(*) FROM (SELECT 1 FROM tblPreference GROUP BY prefLabel HAVING count(*) > 2)" },
        { "labels equal but for case", "SELECT count(*) FROM (SELECT 1 FROM tblPreference GROUP BY lower(prefLabel) HAVING count(DISTINCT prefLabel) > 1)" },
        { "counters ahead", "SELECT count(*) FROM tblLastChatId WHERE lastChatID > (SELECT max(chatID) FROM tblChat WHERE channelID = nodeID)" },
        { "stale counters", "SELECT count(*) FROM tblLastChatId WHERE lastChatID < (SELECT max(chatID) FROM tblChat WHERE channelID = nodeID)" },
        { "missing counters", "SELECT count(DISTINCT channelID) FROM tblChat WHERE channelID NOT IN (SELECT nodeID FROM tblLastChatId)" },
        { "double counters", "SELECT count(*) FROM (SELECT 1 FROM tblLastChatId GROUP BY nodeID HAVING count(*) > 1)" },
        { "invitation counters", "SELECT count(*) FROM tblLastInviteId WHERE lastInviteID > 0" },
        { "a room without messages", "SELECT count(*) FROM tblNode WHERE nodeType = 0 AND nodeID NOT IN (SELECT channelID FROM tblChat)" },
        { "tables that are not carried", "SELECT (SELECT count(*) FROM tblFileToken) * (SELECT count(*) FROM tblVersion) * (SELECT count(*) FROM tblPrincipalMembers)" },
        { "messages in disabled rooms", "SELECT count(*) FROM tblChat JOIN tblNode ON nodeID = channelID WHERE disabled = 1" },
        { "messages by federated people", "SELECT count(*) FROM tblChat JOIN tblPrincipal ON prinID = userId WHERE prinTypeID = 7" },
        { "stories", "SELECT count(*) FROM tblChat WHERE substr(content, 1, 7) = '[STORY]'" },
        { "links", "SELECT count(*) FROM tblChat WHERE content LIKE '%<a %href=%'" },
        { "room links", "SELECT count(*) FROM tblChat WHERE content LIKE '%ma-chan:%'" },
        { "file links", "SELECT count(*) FROM tblChat WHERE content LIKE '%ma-filelink:%'" },
        { "links to files of the room itself", "SELECT count(*) FROM tblChat JOIN tblNode ON nodeID = channelID WHERE content LIKE '%ma-filelink://litwareinc.com/' || nodeGuid || '/%'" },
        { "alerts", "SELECT count(*) FROM tblChat WHERE isAlert = 1" },
        { "right to left", "SELECT count(*) FROM tblChat WHERE content LIKE '%مرحبا%' OR content LIKE '%שלום%'" },
        { "astral text", "SELECT count(*) FROM tblChat WHERE instr(CAST(content AS BLOB), x'F09F') > 0" },
        { "control characters", "SELECT count(*) FROM tblChat WHERE instr(content, char(7)) > 0" },
        { "a zero", "SELECT count(*) FROM tblChat WHERE instr(CAST(content AS BLOB), x'00') > 0" },
        { "trailing blanks", "SELECT count(*) FROM tblChat WHERE content LIKE '% '" },
        { "CR LF", "SELECT count(*) FROM tblChat WHERE instr(content, char(13, 10)) > 0" },
        { "no text at all", "SELECT count(*) FROM tblChat WHERE content = ''" },
        { "a megabyte", "SELECT count(*) FROM tblChat WHERE length(content) = 1048576" },
    };

    public static TheoryData<string, string> PersistentCorners => new()
    {
        { "one level of categories", "SELECT NOT EXISTS (SELECT 1 FROM tblNode WHERE nodeType = 1 AND parentID <> 1)" },
        { "no room under the root", "SELECT NOT EXISTS (SELECT 1 FROM tblNode WHERE nodeType = 0 AND parentID = 1)" },
        { "open rooms", "SELECT count(*) FROM tblNode WHERE visibility = 6" },
        { "denied scopes", "SELECT count(*) FROM tblScopePrincipal WHERE scopeIsDenied = 1" },
        { "creators", "SELECT count(*) FROM tblPrincipalRole JOIN tblRoleType ON rtypeID = prinRoleTypeID WHERE rtypeDesc = 'Creator'" },
        { "RTF", "SELECT count(*) FROM tblChat WHERE rtf LIKE '{\\rtf1%}'" },
        { "no RTF", "SELECT count(*) FROM tblChat WHERE rtf IS NULL" },
        { "people whose directory object is gone", "SELECT count(*) FROM tblPrincipal WHERE prinDisabled = 2" },
        { "no federated types", "SELECT NOT EXISTS (SELECT 1 FROM tblPrincipal WHERE prinTypeID IN (6, 7, 11))" },
        { "bytes", "SELECT count(*) FROM tblADCookie WHERE adcContent IS NOT NULL" },
    };

    public static TheoryData<string, string> PlantedFaults => new()
    {
        { "unknown authors", "SELECT count(*) FROM tblChat WHERE userId NOT IN (SELECT prinID FROM tblPrincipal)" },
        { "unknown rooms", "SELECT count(*) FROM tblChat WHERE channelID NOT IN (SELECT nodeID FROM tblNode WHERE nodeType = 0)" },
        { "no content", "SELECT count(*) FROM tblChat WHERE content IS NULL" },
        { "text in the date", "SELECT count(*) FROM tblChat WHERE typeof(chatDate) = 'text'" },
        { "a date before time", "SELECT count(*) FROM tblChat WHERE typeof(chatDate) = 'integer' AND chatDate < 0" },
        { "a date after time", "SELECT count(*) FROM tblChat WHERE typeof(chatDate) = 'integer' AND chatDate > 3155378975999999999" },
        { "an alert of the seventh kind", "SELECT count(*) FROM tblChat WHERE isAlert = 7" },
        { "bytes that are not UTF-8", "SELECT count(*) FROM tblChat WHERE typeof(content) = 'text' AND instr(CAST(content AS BLOB), x'FFFE') > 0" },
        { "bytes as content", "SELECT count(*) FROM tblChat WHERE typeof(content) = 'blob'" },
        { "roles on nothing", "SELECT count(*) FROM tblPrincipalRole WHERE prinRoleNodeID NOT IN (SELECT nodeID FROM tblNode)" },
        { "roles of nobody", "SELECT count(*) FROM tblPrincipalRole WHERE prinRolePrinID NOT IN (SELECT prinID FROM tblPrincipal)" },
        { "roles of no type", "SELECT count(*) FROM tblPrincipalRole WHERE prinRoleTypeID NOT IN (SELECT rtypeID FROM tblRoleType)" },
        { "scopes on nothing", "SELECT count(*) FROM tblScopePrincipal WHERE scopeNodeID NOT IN (SELECT nodeID FROM tblNode)" },
        { "scopes of nobody", "SELECT count(*) FROM tblScopePrincipal WHERE scopePrinID NOT IN (SELECT prinID FROM tblPrincipal)" },
        { "no scope loses all its rows", "SELECT NOT EXISTS (SELECT 1 FROM tblScopePrincipal JOIN tblNode ON nodeID = scopeNodeID GROUP BY scopeNodeID HAVING max(scopePrinID IN (SELECT prinID FROM tblPrincipal)) = 0)" },
        { "an invitation to nothing", "SELECT count(*) FROM tblPrincipalInvites WHERE nodeID NOT IN (SELECT nodeID FROM tblNode)" },
        { "an add-in that is not listed", "SELECT count(*) FROM tblNode WHERE siopID NOT IN (SELECT siopID FROM tblSiopWhiteList)" },
        { "two rows of one guid", "SELECT count(*) FROM (SELECT 1 FROM tblPrincipal GROUP BY prinGuid HAVING count(*) > 1)" },
    };

    [Fact]
    public void A_legacy_sample_has_every_corner() => AllFound(LegacyCorners, Generation.Lync2010);

    [Fact]
    public void A_2013_sample_has_every_corner() => AllFound(PersistentCorners, Generation.Lync2013);

    [Theory]
    [InlineData(Generation.OcsR2)]
    [InlineData(Generation.Lync2010)]
    [InlineData(Generation.Lync2013)]
    public void Planted_faults_are_all_there(Generation generation) => AllFound(PlantedFaults, generation, plantedFaults: true);

    public void Dispose() => _folder.Dispose();

    private void AllFound(TheoryData<string, string> corners, Generation generation, bool plantedFaults = false)
    {
        var path = _folder.File("pool.db");
        SamplePool.Make(new SampleOptions { Path = path, Generation = generation, PlantedFaults = plantedFaults });

        using var pool = new PoolReader(path);
        var missing = corners.Select(row => row.Data).Where(corner => pool.Count(corner.Item2) == 0).Select(corner => corner.Item1);
        Assert.Empty(missing);
    }
}
