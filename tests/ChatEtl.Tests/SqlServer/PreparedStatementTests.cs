using ChatEtl.SqlServer;
using ChatEtl.Tests.Support;
using Xunit;

namespace ChatEtl.Tests.SqlServer;

public sealed class PreparedStatementTests
{
    [Fact]
    public void A_text_longer_than_the_ones_before_is_not_cut()
    {
        using var database = new TempSqlServerDatabase();
        using var session = new SqlServerWriteSession(database.End);
        foreach (var length in new[] { 3, 5_000, 4_000, 4_001, 1 })
        {
            Assert.Equal(length, Convert.ToInt32(session.Prepared("SELECT LEN(@p0)", new string('x', length)).ExecuteScalar(), null));
        }
    }
}
