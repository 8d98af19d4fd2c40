using ChatEtl.Chat;
using ChatEtl.Configuration;
using ChatEtl.Reading;
using ChatEtl.Transforming;

namespace ChatEtl.Pipeline;

/// <summary>The books that are closed before the first row moves: of the directory, and of the tables that options or level leave out.</summary>
internal static class PassBooks
{
    /// <summary>Keeps them; a table left out is counted.</summary>
    public static Dictionary<string, Book> Of(PassPlan plan, RuleOptions rules, IChatSource source)
    {
        var books = plan.Directory.Books.ToDictionary(StringComparer.OrdinalIgnoreCase);
        LeaveIf(!Levels.Content(rules), "tblChat", "T26");
        LeaveIf(!Levels.Rooms(rules), "tblPrincipalInvites", "T26");
        LeaveIf(Levels.Rooms(rules) && rules.Invitations == CarryOrLeave.Leave, "tblPrincipalInvites", "T22");
        LeaveIf(rules.Preferences == CarryOrLeave.Leave, "tblPreference", "T23");
        LeaveIf(rules.Affiliations == CarryOrLeave.Leave, "tblPrincipalAffiliations", "T24");
        return books;

        void LeaveIf(bool left, string table, string rule)
        {
            if (left && plan.Shape.Shape.Has(table))
            {
                books[table] = new Book { Read = source.CountRows(table) };
                books[table].Skip(rule, books[table].Read);
            }
        }
    }
}
