using System.Text.Json;
using ChatEtl.Chat;
using ChatEtl.Reporting;

namespace ChatEtl.Planning;

/// <summary>Writes a plan as JSON, for people and other programs; <see cref="PlanTermsJson"/> writes what migrate is held to.</summary>
internal static class MigrationPlanJson
{
    /// <summary>Writes the plan as one object.</summary>
    public static void Write(Utf8JsonWriter json, MigrationPlan plan)
    {
        json.WriteStartObject();
        json.WriteString("made", plan.Made);
        json.WriteString("source", plan.Source);
        json.WriteString("destination", plan.Destination);
        json.WriteString("generation", plan.Generation?.ToString());
        json.WriteString("state", Camel(plan.State.ToString()));
        json.WriteNumber("pass", plan.Terms.Pass);
        json.WriteNumber("errors", plan.Count(Severity.Error));
        json.WriteNumber("warnings", plan.Count(Severity.Warning));
        WriteFindings(json, plan);
        WriteInventory(json, plan.Inventory);
        WriteLists(json, plan.Lists);
        WriteBooks(json, plan.Books);
        PlanForecastJson.Write(json, plan.Forecast);
        json.WritePropertyName("terms");
        PlanTermsJson.Write(json, plan.Terms);
        json.WriteEndObject();
    }

    private static void WriteFindings(Utf8JsonWriter json, MigrationPlan plan)
    {
        json.WriteStartArray("findings");
        foreach (var group in plan.Findings)
        {
            json.WriteStartObject();
            json.WriteString("rule", group.Rule);
            json.WriteString("severity", Camel(group.Severity.ToString()));
            json.WriteString("title", group.Advice.Title);
            json.WriteString("whatToDo", group.Advice.WhatToDo);
            json.WriteNumber("count", group.Items.Count);
            WriteItems(json, group.Items, "message");
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteLists(Utf8JsonWriter json, IReadOnlyList<PlanList> lists)
    {
        json.WriteStartObject("lists");
        foreach (var list in lists)
        {
            json.WriteStartObject(list.Id);
            json.WriteString("title", list.Title);
            json.WriteNumber("count", list.Items.Count);
            WriteItems(json, list.Items, "detail");
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteItems(Utf8JsonWriter json, IReadOnlyList<PlanItem> items, string detail)
    {
        json.WriteStartArray("items");
        foreach (var item in items)
        {
            json.WriteStartObject();
            json.WriteString("table", item.Table);
            json.WriteString("key", item.Key);
            json.WriteString("name", item.Name);
            json.WriteString(detail, item.Detail);
            if (item.Rows is { } rows)
            {
                json.WriteNumber("rows", rows);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteInventory(Utf8JsonWriter json, SourceInventory? inventory)
    {
        if (inventory is null)
        {
            json.WriteNull("inventory");
            return;
        }

        json.WriteStartObject("inventory");
        json.WriteNumber("categories", inventory.Categories);
        json.WriteNumber("rooms", inventory.Rooms);
        json.WriteNumber("people", inventory.People);
        json.WriteNumber("groups", inventory.Groups);
        json.WriteNumber("memberships", inventory.Memberships);
        json.WriteBoolean("exact", inventory.IsExact);
        json.WriteNumber("messagesRead", inventory.MessagesRead);
        WriteFigures(json, inventory.Messages);
        json.WriteStartObject("tables");
        foreach (var (table, rows) in inventory.Tables)
        {
            json.WriteNumber(table, rows);
        }

        json.WriteEndObject();
        json.WriteStartArray("byCategory");
        foreach (var category in inventory.ByCategory)
        {
            json.WriteStartObject();
            json.WriteNumber("nodeID", category.Id);
            json.WriteString("path", category.Path);
            json.WriteNumber("rooms", category.Rooms);
            json.WriteNumber("memberships", category.Memberships);
            WriteFigures(json, category.Figures);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("largestRooms");
        foreach (var room in inventory.LargestRooms)
        {
            json.WriteStartObject();
            json.WriteNumber("nodeID", room.Id);
            json.WriteString("category", room.Path);
            json.WriteString("name", room.Name);
            WriteFigures(json, room.Figures);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteFigures(Utf8JsonWriter json, MessageFigures figures)
    {
        json.WriteNumber("messages", figures.Messages);
        json.WriteNumber("bytes", figures.Bytes);
        if (figures.First is { } first && figures.Last is { } last)
        {
            json.WriteString("first", first);
            json.WriteString("last", last);
        }
    }

    private static void WriteBooks(Utf8JsonWriter json, IReadOnlyDictionary<string, Book>? books)
    {
        if (books is null)
        {
            json.WriteNull("predicted");
            return;
        }

        json.WriteStartObject("predicted");
        foreach (var (table, book) in books.OrderBy(book => book.Key, StringComparer.Ordinal))
        {
            json.WriteStartObject(table);
            RunReportJson.WriteBook(json, book);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static string Camel(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);
}
