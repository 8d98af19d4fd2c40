using System.Reflection;
using ChatEtl.Pipeline;
using ChatEtl.Sqlite;
using ChatEtl.SqlServer;
using Xunit;

namespace ChatEtl.Tests;

/// <summary>What project references cannot check: which room uses which.</summary>
public sealed class LayeringTests
{
    private const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Assembly Core = typeof(Migration).Assembly;

    private static readonly Assembly[] Products = [typeof(SqliteSource).Assembly, typeof(SqlServerSource).Assembly];

    [Fact]
    public void Only_the_pipeline_knows_Dataflow()
    {
        var mentions = from type in Core.GetTypes().Concat(Products.SelectMany(product => product.GetTypes()))
                       where RoomOf(type) != "ChatEtl.Pipeline"
                       from mentioned in Mentions(type)
                       where mentioned.Namespace == "System.Threading.Tasks.Dataflow"
                       select $"{type} mentions {mentioned}";

        Assert.Empty(mentions);
        Assert.Contains(Core.GetTypes().Where(type => RoomOf(type) == "ChatEtl.Pipeline").SelectMany(Mentions), type => type.Namespace == "System.Threading.Tasks.Dataflow");
    }

    [Theory]
    [InlineData("Chat", "Reading Writing Transforming Pipeline Checkpoints Configuration Comparing Evidence Planning Reporting Sqlite")]
    [InlineData("Checkpoints", "Reading Writing Transforming Pipeline Configuration Comparing Evidence Planning Reporting Sqlite")]
    [InlineData("Reading", "Writing Transforming Pipeline Comparing Evidence Planning Reporting Sqlite")]
    [InlineData("Writing", "Reading Transforming Pipeline Comparing Evidence Planning Reporting Sqlite")]
    [InlineData("Transforming", "Reading Writing Pipeline Comparing Evidence Planning Reporting Sqlite")]
    [InlineData("Comparing", "Evidence Sqlite")]
    [InlineData("Pipeline", "Planning Comparing Sqlite")]
    [InlineData("Planning", "Evidence Sqlite")]
    [InlineData("Evidence", "Transforming Pipeline Configuration Planning Reporting Sqlite SqlServer Cli")]
    [InlineData("Sqlite", "Pipeline Transforming Configuration Comparing Evidence Planning Reporting SqlServer Cli")]
    [InlineData("SqlServer", "Pipeline Transforming Configuration Comparing Evidence Planning Reporting Sqlite Cli")]
    public void A_room_does_not_use_what_it_should_not(string room, string others)
    {
        var forbidden = others.Split(' ').Select(other => "ChatEtl." + other).ToHashSet(StringComparer.Ordinal);
        var uses = from type in Core.GetTypes().Concat(Products.SelectMany(product => product.GetTypes()))
                   where RoomOf(type) == "ChatEtl." + room
                   from mentioned in Mentions(type)
                   where forbidden.Contains(RoomOf(mentioned))
                   select $"{type} uses {mentioned}";

        Assert.Empty(uses.Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public void Libraries_do_not_reference_the_program()
    {
        Assert.DoesNotContain(Products.SelectMany(product => product.GetReferencedAssemblies()), name => name.Name is "chat-etl" or "ChatEtl.Cli");
        Assert.DoesNotContain(Core.GetReferencedAssemblies(), name => name.Name is "chat-etl" or "ChatEtl.Cli" or "ChatEtl.Sqlite" or "ChatEtl.SqlServer");
    }

    /// <summary>The namespace, of nested types that of the outermost.</summary>
    private static string RoomOf(Type type) => type.Namespace ?? "";

    private static IEnumerable<Type> Mentions(Type type)
    {
        IEnumerable<Type?> direct =
        [
            type.BaseType,
            .. type.GetInterfaces(),
            .. type.GetFields(Everything).Select(field => field.FieldType),
            .. type.GetProperties(Everything).Select(property => property.PropertyType),
            .. type.GetMethods(Everything).Select(method => method.ReturnType),
            .. Methods(type).SelectMany(method => method.GetParameters()).Select(parameter => parameter.ParameterType),
            .. Methods(type).SelectMany(InBody),
        ];
        return direct.OfType<Type>().SelectMany(Parts).Distinct();
    }

    private static IEnumerable<MethodBase> Methods(Type type) => type.GetMethods(Everything).Concat<MethodBase>(type.GetConstructors(Everything));

    /// <summary>Types of locals, and the types whose members or tokens the code names.</summary>
    private static IEnumerable<Type> InBody(MethodBase method)
    {
        if (method.GetMethodBody() is not { } body)
        {
            yield break;
        }

        foreach (var local in body.LocalVariables)
        {
            yield return local.LocalType;
        }

        // Every operand is a metadata token somewhere in the stream; numbers that look like one name nothing that exists, or something of ours too rarely to matter.
        var code = body.GetILAsByteArray() ?? [];
        for (var i = 0; i + 4 <= code.Length - 1; i++)
        {
            if (code[i] is 0x28 or 0x6F or 0x73 or 0x7B or 0x7E or 0x7D or 0x80 or 0xD0 or 0x74 or 0x75 or 0x8D && Resolve(method, BitConverter.ToInt32(code, i + 1)) is { } named)
            {
                yield return named;
            }
        }
    }

    private static Type? Resolve(MethodBase method, int token)
    {
        try
        {
            var typeArguments = method.DeclaringType is { IsGenericType: true } generic ? generic.GetGenericArguments() : null;
            var methodArguments = method is { IsGenericMethod: true } ? method.GetGenericArguments() : null;
            return method.Module.ResolveMember(token, typeArguments, methodArguments) switch
            {
                Type type => type,
                { } member => member.DeclaringType,
                null => null,
            };
        }
        catch (Exception exception) when (exception is ArgumentException or BadImageFormatException)
        {
            return null;
        }
    }

    private static IEnumerable<Type> Parts(Type type)
    {
        yield return type;
        if (type.HasElementType)
        {
            foreach (var part in Parts(type.GetElementType()!))
            {
                yield return part;
            }
        }

        if (type.IsGenericType)
        {
            foreach (var part in type.GetGenericArguments().SelectMany(Parts))
            {
                yield return part;
            }
        }
    }
}
