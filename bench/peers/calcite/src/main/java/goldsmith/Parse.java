package goldsmith;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.calcite.avatica.util.Casing;
import org.apache.calcite.avatica.util.Quoting;
import org.apache.calcite.config.CharLiteralStyle;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParser;
import org.apache.calcite.sql.parser.babel.SqlBabelParserImpl;
import org.apache.calcite.sql.validate.SqlConformanceEnum;
import java.util.EnumSet;

/** Whether Calcite's Babel parser, with the conformance nearest to the dialect, accepts a text. */
final class Parse {
  private Parse() {}

  static ObjectNode answer(JsonNode asked) throws SqlParseException {
    String sql = asked.get("sql").asText().strip().replaceAll(";+\\s*$", "");
    SqlParser.create(sql, config(asked.get("dialect").asText())).parseStmtList();
    return Peer.JSON.createObjectNode().put("ok", true);
  }

  static SqlParser.Config config(String dialect) {
    boolean ticks =
        dialect.equals("bigquery") || dialect.equals("spark") || dialect.equals("databricks");
    SqlParser.Config config =
        SqlParser.config()
            .withParserFactory(SqlBabelParserImpl.FACTORY)
            .withConformance(
                dialect.equals("bigquery") ? SqlConformanceEnum.BIG_QUERY : SqlConformanceEnum.BABEL)
            .withQuoting(ticks ? Quoting.BACK_TICK_BACKSLASH : Quoting.DOUBLE_QUOTE)
            .withUnquotedCasing(Casing.UNCHANGED)
            .withQuotedCasing(Casing.UNCHANGED)
            .withIdentifierMaxLength(1000);
    return ticks
        ? config.withCharLiteralStyles(
            EnumSet.of(CharLiteralStyle.BQ_SINGLE, CharLiteralStyle.BQ_DOUBLE))
        : config;
  }
}
