package goldsmith;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.calcite.config.CalciteConnectionConfigImpl;
import org.apache.calcite.config.CalciteConnectionProperty;
import org.apache.calcite.jdbc.CalciteSchema;
import org.apache.calcite.jdbc.JavaTypeFactoryImpl;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelOptMaterialization;
import org.apache.calcite.plan.RelOptMaterializations;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.plan.ViewExpanders;
import org.apache.calcite.plan.hep.HepPlanner;
import org.apache.calcite.plan.hep.HepProgram;
import org.apache.calcite.plan.hep.HepProgramBuilder;
import org.apache.calcite.prepare.CalciteCatalogReader;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.RelFactories;
import org.apache.calcite.rel.rel2sql.RelToSqlConverter;
import org.apache.calcite.rel.rules.CoreRules;
import org.apache.calcite.rel.rules.materialize.MaterializedViewRules;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.schema.SchemaPlus;
import org.apache.calcite.schema.Statistics;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.dialect.PostgresqlSqlDialect;
import org.apache.calcite.sql.fun.SqlLibrary;
import org.apache.calcite.sql.fun.SqlLibraryOperatorTableFactory;
import org.apache.calcite.sql.parser.SqlParser;
import org.apache.calcite.sql.util.SqlOperatorTables;
import org.apache.calcite.sql.validate.SqlConformanceEnum;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.SqlValidatorUtil;
import org.apache.calcite.sql2rel.RelDecorrelator;
import org.apache.calcite.sql2rel.SqlToRelConverter;
import org.apache.calcite.sql2rel.StandardConvertletTable;
import org.apache.calcite.tools.RelBuilder;

/** Calcite's two ways of answering a query from materialized views. */
final class Match {
  private final RelOptCluster cluster;
  private final CalciteCatalogReader catalog;
  private final SqlValidator validator;
  private final SchemaPlus schema;

  private Match(JsonNode tables) {
    RelDataTypeFactory types =
        new JavaTypeFactoryImpl(org.apache.calcite.rel.type.RelDataTypeSystem.DEFAULT);
    CalciteSchema root = CalciteSchema.createRootSchema(false, false);
    schema = root.plus();
    Tables.addAll(schema, tables);
    Properties properties = new Properties();
    properties.setProperty(CalciteConnectionProperty.CASE_SENSITIVE.camelName(), "false");
    catalog =
        new CalciteCatalogReader(
            root, List.of(), types, new CalciteConnectionConfigImpl(properties));
    validator =
        SqlValidatorUtil.newValidator(
            SqlOperatorTables.chain(
                SqlLibraryOperatorTableFactory.INSTANCE.getOperatorTable(
                    SqlLibrary.STANDARD,
                    SqlLibrary.POSTGRESQL,
                    SqlLibrary.MYSQL,
                    SqlLibrary.BIG_QUERY),
                catalog),
            catalog,
            types,
            SqlValidator.Config.DEFAULT
                .withConformance(SqlConformanceEnum.BABEL)
                .withIdentifierExpansion(true));
    HepPlanner planner = new HepPlanner(new HepProgramBuilder().build());
    cluster = RelOptCluster.create(planner, new RexBuilder(types));
  }

  static ObjectNode answer(JsonNode asked) {
    ObjectNode answer = Peer.JSON.createObjectNode();
    answer.putNull("substitution").putNull("rules").putNull("plain");
    ArrayNode plainMarts = answer.putArray("plainMarts");
    List<String> troubles = new ArrayList<>();
    try {
      Match match = new Match(asked.get("tables"));
      List<RelOptMaterialization> materializations = new ArrayList<>();
      int number = 0;
      for (JsonNode mv : asked.get("mvs")) {
        String name = "mv" + number++;
        try {
          RelOptMaterialization made = match.materialization(name, mv.asText());
          materializations.add(made);
          plainMarts.add(attempt(() -> text(made.queryRel, made.queryRel, List.of()), troubles));
        } catch (Exception error) {
          plainMarts.addNull();
          troubles.add(name + ": " + Peer.reason(error));
        }
      }
      RelNode query = match.rel(asked.get("query").asText());
      answer.put("plain", attempt(() -> text(query, query, List.of()), troubles));
      answer.put("substitution", attempt(() -> match.bySubstitution(query, materializations), troubles));
      answer.put("rules", attempt(() -> match.byRules(query, materializations), troubles));
    } catch (Exception | StackOverflowError error) {
      troubles.add(Peer.reason(error));
    }
    return answer.put("because", troubles.isEmpty() ? null : String.join("; ", troubles));
  }

  private interface Way {
    String rewrite() throws Exception;
  }

  private static String attempt(Way way, List<String> troubles) {
    try {
      return way.rewrite();
    } catch (Exception | AssertionError | StackOverflowError error) {
      troubles.add(Peer.reason(error));
      return null;
    }
  }

  private RelNode rel(String sql) throws Exception {
    SqlParser.Config config = Parse.config("duckdb");
    SqlNode parsed = SqlParser.create(sql.strip().replaceAll(";+\\s*$", ""), config).parseQuery();
    SqlNode valid = validator.validate(parsed);
    SqlToRelConverter converter =
        new SqlToRelConverter(
            ViewExpanders.simpleContext(cluster),
            validator,
            catalog,
            cluster,
            StandardConvertletTable.INSTANCE,
            SqlToRelConverter.config().withExpand(false).withTrimUnusedFields(false));
    RelNode converted = converter.convertQuery(valid, false, true).project();
    RelNode joined =
        hep(
            converted,
            List.of(
                CoreRules.FILTER_SUB_QUERY_TO_CORRELATE,
                CoreRules.PROJECT_SUB_QUERY_TO_CORRELATE,
                CoreRules.JOIN_SUB_QUERY_TO_CORRELATE),
            List.of());
    RelBuilder builder = RelFactories.LOGICAL_BUILDER.create(cluster, catalog);
    RelNode flat = RelDecorrelator.decorrelateQuery(joined, builder);
    return hep(
        flat,
        List.of(
            CoreRules.FILTER_INTO_JOIN,
            CoreRules.JOIN_CONDITION_PUSH,
            CoreRules.FILTER_MERGE,
            CoreRules.PROJECT_MERGE,
            CoreRules.PROJECT_REMOVE,
            CoreRules.FILTER_PROJECT_TRANSPOSE,
            CoreRules.FILTER_REDUCE_EXPRESSIONS),
        List.of());
  }

  /** The view as a table named after it, whose columns are called c0, c1, … */
  private RelOptMaterialization materialization(String name, String sql) throws Exception {
    RelNode query = rel(sql);
    RelDataType given = query.getRowType();
    Tables.add(
        schema,
        "c_" + name,
        types -> {
          RelDataTypeFactory.Builder row = types.builder();
          given.getFieldList().forEach(field -> row.add("c" + field.getIndex(), field.getType()));
          return row.build();
        },
        Statistics.of(1_000d, List.of()));
    RelBuilder builder = RelFactories.LOGICAL_BUILDER.create(cluster, catalog);
    RelNode table = builder.scan("c_" + name).build();
    return new RelOptMaterialization(table, query, null, List.of("c_" + name));
  }

  private String bySubstitution(RelNode query, List<RelOptMaterialization> materializations) {
    for (var found : RelOptMaterializations.useMaterializedViews(query, materializations)) {
      if (readsMart(found.left)) {
        return text(found.left, query, materializations);
      }
    }
    return null;
  }

  private String byRules(RelNode query, List<RelOptMaterialization> materializations) {
    RelNode found =
        hep(
            query,
            List.of(
                MaterializedViewRules.PROJECT_AGGREGATE,
                MaterializedViewRules.AGGREGATE,
                MaterializedViewRules.PROJECT_JOIN,
                MaterializedViewRules.JOIN,
                MaterializedViewRules.PROJECT_FILTER,
                MaterializedViewRules.FILTER),
            materializations);
    return readsMart(found) ? text(found, query, materializations) : null;
  }

  private static RelNode hep(
      RelNode rel,
      List<org.apache.calcite.plan.RelOptRule> rules,
      List<RelOptMaterialization> materializations) {
    HepProgramBuilder program = HepProgram.builder().addMatchLimit(500);
    if (materializations.isEmpty()) {
      program.addRuleCollection(rules);
    } else {
      rules.forEach(program::addRuleInstance);
    }
    HepPlanner planner = new HepPlanner(program.build());
    materializations.forEach(planner::addMaterialization);
    planner.setRoot(rel);
    return planner.findBestExp();
  }

  private static boolean readsMart(RelNode rel) {
    return RelOptUtil.findTables(rel).stream()
        .anyMatch(table -> table.getQualifiedName().get(0).startsWith("c_mv"));
  }

  /** Each view a CTE over the table that stands for it, its columns called as Calcite knows them. */
  private static String text(
      RelNode rel, RelNode query, List<RelOptMaterialization> materializations) {
    RelNode same = RelOptUtil.createCastRel(rel, query.getRowType(), true);
    String sql =
        new RelToSqlConverter(PostgresqlSqlDialect.DEFAULT)
            .visitRoot(same)
            .asStatement()
            .toSqlString(PostgresqlSqlDialect.DEFAULT)
            .getSql();
    List<String> ctes = new ArrayList<>();
    for (RelOptMaterialization each : materializations) {
      String name = each.qualifiedTableName.get(0);
      List<String> columns = each.tableRel.getRowType().getFieldNames();
      ctes.add(
          String.format(
              "\"%s\"(\"%s\") as (select * from %s)",
              name, String.join("\", \"", columns), name.substring(2)));
    }
    return ctes.isEmpty() ? sql : "with " + String.join(", ", ctes) + "\n" + sql;
  }
}
