package goldsmith;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Apache Calcite as a peer: JSON lines in, one JSON answer a line out, in order.
 *
 * <p>parse: {dialect, sql} -> {ok, because?}. match: {tables, mvs, query} -> {substitution, rules, because}.
 */
public final class Peer {
  static final ObjectMapper JSON = new ObjectMapper();
  private static final int SECONDS_A_LINE = 10;

  private Peer() {}

  public static void main(String[] args) throws Exception {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    boolean matches = args[0].equals("match");
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      JsonNode asked = JSON.readTree(line);
      out.println(JSON.writeValueAsString(guarded(() -> matches ? Match.answer(asked) : Parse.answer(asked))));
      out.flush();
    }
    System.exit(0);
  }

  /** A line that fails or takes too long costs its answer, not the run; its thread is left behind. */
  private static ObjectNode guarded(Callable<ObjectNode> work) throws InterruptedException {
    ExecutorService thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread made = new Thread(null, task, "line", 64L << 20);
              made.setDaemon(true);
              return made;
            });
    Future<ObjectNode> answer = thread.submit(work);
    try {
      return answer.get(SECONDS_A_LINE, TimeUnit.SECONDS);
    } catch (TimeoutException slow) {
      answer.cancel(true);
      return failed("not done after " + SECONDS_A_LINE + " s");
    } catch (ExecutionException wrapped) {
      return failed(reason(wrapped.getCause()));
    } finally {
      thread.shutdownNow();
    }
  }

  static ObjectNode failed(String because) {
    return JSON.createObjectNode().put("ok", false).put("because", because);
  }

  static String reason(Throwable error) {
    String text = error.getClass().getSimpleName() + ": " + error.getMessage();
    return text.substring(0, Math.min(300, text.length())).replaceAll("\\s+", " ");
  }
}
