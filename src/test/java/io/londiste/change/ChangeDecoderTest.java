package io.londiste.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.londiste.change.Change.Kind;
import io.londiste.pgq.Event;
import io.londiste.pgq.PgqException;
import org.junit.jupiter.api.Test;

class ChangeDecoderTest {
    private static final TableName ORDERS = new TableName("shop", "Order Items");

    private final ChangeDecoder decoder = new ChangeDecoder();

    private Change decode(String type, String data, String... extra) {
        String[] all = new String[4];
        System.arraycopy(extra, 0, all, 0, extra.length);
        return decoder.decode(Event.of(type, data, all[0], all[1], all[2], all[3]));
    }

    private static String json(String op) {
        return "{\"op\":\"" + op + "\",\"table\":[\"shop\",\"Order Items\"],\"pkey\":[\"id\",\"nr\"]}";
    }

    @Test
    void readsJsonEvents() {
        Change change = decode(json("UPDATE"), "{\"id\":1,\"nr\":2,\"n\":3}", "x", "{\"id\":7,\"nr\":2}");

        assertThat(change.table()).isEqualTo(ORDERS);
        assertThat(change.kind()).isEqualTo(Kind.UPDATE);
        assertThat(change.keyColumns()).containsExactly("id", "nr");
        assertThat(change.row().get("n")).isEqualTo("3");
        assertThat(change.oldKey().get("id")).isEqualTo("7");
    }

    @Test
    void prefersTheExactTextOfARecordToItsJson() {
        Change change = decode(
                json("UPDATE"),
                "{\"id\":1,\"nr\":[1],\"n\":null}",
                "x",
                "{\"id\":1,\"nr\":[0]}",
                "(1,[0:0]={1},null)",
                "(1,{0},)");

        assertThat(change.row().get("nr")).isEqualTo("[0:0]={1}");
        assertThat(change.row().get("n")).isEqualTo("null");
        assertThat(change.oldKey().get("nr")).isEqualTo("{0}");
    }

    @Test
    void readsUrlencodedEvents() {
        Change change = decode("U:id,nr", "id=1&nr=2&name=a+%22b%22%26&gone", "shop.\"Order Items\"");

        assertThat(change.table()).isEqualTo(ORDERS);
        assertThat(change.keyColumns()).containsExactly("id", "nr");
        assertThat(change.row().get("name")).isEqualTo("a \"b\"&");
        assertThat(change.row().get("gone")).isNull();
    }

    @Test
    void readsInsertsAsPartialSql() {
        Change change = decode("I", "(id,\"Na\"\"me\",x,y) values ('1','it''s',null,E'a\\\\b')", "public.t");

        assertThat(change.kind()).isEqualTo(Kind.INSERT);
        assertThat(change.keyColumns()).isEmpty();
        assertThat(change.row().toJson()).isEqualTo("{\"id\":\"1\",\"Na\\\"me\":\"it's\",\"x\":null,\"y\":\"a\\\\b\"}");
    }

    @Test
    void readsUpdatesAsPartialSql() {
        Change change = decode("U", "name='x',n=NULL where id='1' and part='2'", "public.t");

        assertThat(change.keyColumns()).containsExactly("id", "part");
        assertThat(change.row().toJson()).isEqualTo("{\"name\":\"x\",\"n\":null,\"id\":\"1\",\"part\":\"2\"}");
        assertThat(change.oldKey()).isNull();
    }

    @Test
    void seesAChangedKeyInPartialSql() {
        Change change = decode("U", "id='2' where id='1'", "public.t");

        assertThat(change.row().get("id")).isEqualTo("2");
        assertThat(change.oldKey().get("id")).isEqualTo("1");
    }

    @Test
    void readsDeletesAsPartialSql() {
        Change change = decode("D", "id='1' and part is null", "public.t");

        assertThat(change.keyColumns()).containsExactly("id", "part");
        assertThat(change.row().get("part")).isNull();
    }

    @Test
    void readsTruncatesOfEveryForm() {
        assertThat(decode(json("TRUNCATE"), null).kind()).isEqualTo(Kind.TRUNCATE);
        assertThat(decode("R", "", "public.t").kind()).isEqualTo(Kind.TRUNCATE);
    }

    @Test
    void readsTheRemovalOfATable() {
        Change change = decode(ChangeDecoder.REMOVE_TABLE, "public.t", "public.t");

        assertThat(change.kind()).isEqualTo(Kind.REMOVE_TABLE);
        assertThat(change.table()).isEqualTo(new TableName("public", "t"));
    }

    @Test
    void neitherIgnoresAScriptThatItCannotReadNorAChangeOfAnUnknownKind() {
        var script = "{\"op\":\"EXECUTE\",\"table\":[\"londiste\",\"script\"]}";

        assertThat(decode(script, "select 1", "1.sql").kind()).isEqualTo(Kind.EXECUTE);
        Event unreadable = decode(script, "select 1", "1.sql").event().withProblem("too large");
        assertThatThrownBy(() -> decoder.decode(unreadable)).hasMessageContaining("script 1.sql: too large");
        assertThatThrownBy(() -> decode(json("SOMETHING_NEW"), null)).isInstanceOf(PgqException.class);
    }

    @Test
    void ignoresWhatItDoesNotKnow() {
        assertThat(decode("my.own.event", "whatever").kind()).isEqualTo(Kind.UNKNOWN);
        assertThat(decode(null, null).kind()).isEqualTo(Kind.UNKNOWN);
        assertThat(decode("{\"what\":1}", null).kind()).isEqualTo(Kind.UNKNOWN);
    }

    @Test
    void attributesWhatItCannotReadToItsTable() {
        Change change = decode("U", "name='x", "public.t");

        assertThat(change.kind()).isEqualTo(Kind.UNREADABLE);
        assertThat(change.table()).isEqualTo(new TableName("public", "t"));
        assertThat(change.event().problem()).contains("end of a quoted text");
        assertThatThrownBy(() -> change.event().data()).isInstanceOf(PgqException.class);
    }

    @Test
    void namesTheEventWhoseTableItCannotRead() {
        assertThatThrownBy(() -> decode("U", "name='x'", "a.b.c"))
                .isInstanceOf(PgqException.class)
                .hasMessageContaining("of type U")
                .hasMessageContaining("not a table name");
        Event unreadable = Event.of(null, null).withProblem("no UTF-8");
        assertThatThrownBy(() -> decoder.decode(unreadable)).hasMessageContaining("no UTF-8");
    }
}
