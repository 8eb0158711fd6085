package goldsmith;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.rel.RelReferentialConstraint;
import org.apache.calcite.rel.RelReferentialConstraintImpl;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.schema.SchemaPlus;
import org.apache.calcite.schema.Statistic;
import org.apache.calcite.schema.Statistics;
import org.apache.calcite.schema.impl.AbstractTable;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.util.ImmutableBitSet;

/** The tables of a case, with the keys that are told, as Calcite wants them. */
final class Tables {
  private static final Pattern TYPE = Pattern.compile("([a-z ]+?)\\s*(?:\\((\\d+)(?:\\s*,\\s*(\\d+))?\\))?");

  private Tables() {}

  static void addAll(SchemaPlus schema, JsonNode tables) {
    for (JsonNode table : tables) {
      List<ImmutableBitSet> keys = new ArrayList<>();
      table.get("keys").forEach(key -> keys.add(ImmutableBitSet.of(positions(table, key))));
      List<RelReferentialConstraint> references = new ArrayList<>();
      for (JsonNode reference : table.get("references")) {
        addReference(references, table, reference, tables);
      }
      add(
          schema,
          table.get("name").asText(),
          types -> rowType(types, table.get("columns")),
          Statistics.of(1_000_000d, keys, references, List.of()));
    }
  }

  static void add(
      SchemaPlus schema,
      String name,
      Function<RelDataTypeFactory, RelDataType> rowType,
      Statistic statistic) {
    schema.add(
        name,
        new AbstractTable() {
          @Override
          public RelDataType getRowType(RelDataTypeFactory types) {
            return rowType.apply(types);
          }

          @Override
          public Statistic getStatistic() {
            return statistic;
          }
        });
  }

  private static void addReference(
      List<RelReferentialConstraint> references, JsonNode table, JsonNode reference, JsonNode tables) {
    for (JsonNode target : tables) {
      if (target.get("name").asText().equalsIgnoreCase(reference.get("to").asText())) {
        List<Integer> from = positions(table, reference.get("columns"));
        List<Integer> to = positions(target, reference.get("toColumns"));
        List<org.apache.calcite.util.mapping.IntPair> pairs = new ArrayList<>();
        for (int at = 0; at < Math.min(from.size(), to.size()); at++) {
          pairs.add(org.apache.calcite.util.mapping.IntPair.of(from.get(at), to.get(at)));
        }
        references.add(
            RelReferentialConstraintImpl.of(
                List.of(table.get("name").asText()), List.of(target.get("name").asText()), pairs));
      }
    }
  }

  private static List<Integer> positions(JsonNode table, JsonNode names) {
    List<Integer> found = new ArrayList<>();
    for (JsonNode name : names) {
      int at = 0;
      for (JsonNode column : table.get("columns")) {
        if (column.get("name").asText().equalsIgnoreCase(name.asText())) {
          found.add(at);
        }
        at++;
      }
    }
    return found;
  }

  private static RelDataType rowType(RelDataTypeFactory types, JsonNode columns) {
    RelDataTypeFactory.Builder row = types.builder();
    for (JsonNode column : columns) {
      RelDataType type = type(types, column.get("type").asText());
      row.add(
          column.get("name").asText(),
          types.createTypeWithNullability(type, !column.get("notNull").asBoolean()));
    }
    return row.build();
  }

  private static RelDataType type(RelDataTypeFactory types, String text) {
    Matcher parts = TYPE.matcher(text.toLowerCase(Locale.ROOT).trim());
    String name = parts.matches() ? parts.group(1).trim() : "";
    switch (name) {
      case "tinyint", "utinyint":
        return types.createSqlType(SqlTypeName.TINYINT);
      case "smallint", "int2":
        return types.createSqlType(SqlTypeName.SMALLINT);
      case "int", "integer", "int4", "signed":
        return types.createSqlType(SqlTypeName.INTEGER);
      case "bigint", "int8", "long", "hugeint", "largeint":
        return types.createSqlType(SqlTypeName.BIGINT);
      case "decimal", "numeric":
        return types.createSqlType(
            SqlTypeName.DECIMAL,
            Math.min(19, parts.group(2) == null ? 18 : Integer.parseInt(parts.group(2))),
            parts.group(3) == null ? 0 : Integer.parseInt(parts.group(3)));
      case "float", "real", "float4":
        return types.createSqlType(SqlTypeName.REAL);
      case "double", "double precision", "float8":
        return types.createSqlType(SqlTypeName.DOUBLE);
      case "boolean", "bool":
        return types.createSqlType(SqlTypeName.BOOLEAN);
      case "date":
        return types.createSqlType(SqlTypeName.DATE);
      case "timestamp", "datetime":
        return types.createSqlType(SqlTypeName.TIMESTAMP);
      default:
        return types.createSqlType(SqlTypeName.VARCHAR);
    }
  }
}
