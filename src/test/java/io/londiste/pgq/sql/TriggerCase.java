package io.londiste.pgq.sql;

import java.util.List;
import java.util.stream.Stream;

/**
 * A trigger, what is done to its table, and the events that come of it.
 *
 * @param events type, data, extra1 to extra4
 */
record TriggerCase(String name, String table, String function, List<String> options, String work, List<String> events) {

    private static final String BASIC = """
            insert into t values (1, 1.50, true, E'a''b\\\\c d/ü\\n', 'odd'), (2, null, null, null, null);
            update t set v = 'new', n = null where id = 1;
            update t set v = v where id = 1;
            delete from t where id = 2;
            truncate t;
            """;

    private static final String EVERY_TYPE = """
            insert into types values (1, '2020-01-02 03:04:05.678+02', '2020-02-29', 'NaN', '[0:1]={1,NULL}', '{"a": [1]}',
                '\\x00ff', '1 day 2:03', 'ab', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 7);
            update types set ts = 'infinity', d = '0044-03-15 BC', f = 1e-300, j = '"s"';
            """;

    /** All of them. */
    static Stream<TriggerCase> all() {
        return Stream.of(asSql(), urlencoded(), json(), withOptions()).flatMap(List::stream);
    }

    private static List<TriggerCase> asSql() {
        return List.of(
                new TriggerCase(
                        "basic",
                        "t",
                        "sqltriga",
                        List.of(),
                        BASIC,
                        List.of(
                                "I|(id,n,b,v,\"Odd name\") values ('1','1.50','t',E'a''b\\\\c d/ü\n','odd')|s.t|null|null|null",
                                "I|(id,n,b,v,\"Odd name\") values ('2',null,null,null,null)|s.t|null|null|null",
                                "U|n=NULL,v='new' where id='1'|s.t|null|null|null",
                                "U|id='1' where id='1'|s.t|null|null|null",
                                "D|id='2'|s.t|null|null|null",
                                "R||s.t|null|null|null")),
                new TriggerCase(
                        "two-column key",
                        "\"T 2\"",
                        "sqltriga",
                        List.of(),
                        """
                        insert into "T 2" values (1, 'x', 'y"'); update "T 2" set v = 'z'; delete from "T 2";""",
                        List.of(
                                "I|(\"k 2\",v,\"k=1\") values ('1','x','y\"')|s.T 2|null|null|null",
                                "U|v='z' where \"k 2\"='1' and \"k=1\"='y\"'|s.T 2|null|null|null",
                                "D|\"k 2\"='1' and \"k=1\"='y\"'|s.T 2|null|null|null")),
                new TriggerCase(
                        "no key",
                        "free",
                        "sqltriga",
                        List.of(),
                        "insert into free values (1);",
                        List.of("I|(a,b) values ('1',null)|s.free|null|null|null")));
    }

    private static List<TriggerCase> urlencoded() {
        return List.of(
                new TriggerCase(
                        "basic",
                        "t",
                        "logutriga",
                        List.of(),
                        BASIC,
                        List.of(
                                "I:id|id=1&n=1.50&b=t&v=a%27b%5cc+d%2f%c3%bc%0a&Odd+name=odd|s.t|null|null|null",
                                "I:id|id=2&n&b&v&Odd+name|s.t|null|null|null",
                                "U:id|id=1&n&b=t&v=new&Odd+name=odd|s.t|null|null|null",
                                "U:id|id=1&n&b=t&v=new&Odd+name=odd|s.t|null|null|null",
                                "D:id|id=2&n&b&v&Odd+name|s.t|null|null|null",
                                "R||s.t|null|null|null")),
                new TriggerCase(
                        "types",
                        "types",
                        "logutriga",
                        List.of(),
                        EVERY_TYPE,
                        List.of(
                                "I:id|id=1&ts=2020-01-02+01%3a04%3a05.678%2b00&d=2020-02-29&f=NaN&a=%5b0%3a1%5d%3d%7b1%2cNULL%7d"
                                        + "&j=%7b%22a%22%3a+%5b1%5d%7d&y=%5cx00ff&i=1+day+02%3a03%3a00&c=ab++"
                                        + "&u=a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11&s=7|s.types|null|null|null",
                                "U:id|id=1&ts=infinity&d=0044-03-15+BC&f=1e-300&a=%5b0%3a1%5d%3d%7b1%2cNULL%7d&j=%22s%22&y=%5cx00ff"
                                        + "&i=1+day+02%3a03%3a00&c=ab++&u=a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11&s=7"
                                        + "|s.types|null|null|null")),
                new TriggerCase(
                        "two-column key",
                        "\"T 2\"",
                        "logutriga",
                        List.of(),
                        """
                        insert into "T 2" values (1, 'x', 'y"')""",
                        List.of("I:k=1,k 2|k+2=1&v=x&k%3d1=y%22|s.T 2|null|null|null")),
                new TriggerCase(
                        "strange characters",
                        "free",
                        "logutriga",
                        List.of(),
                        """
                        insert into free values (1, E'~!@#$^*()_-=[]{}|;:,.<>?\\x7f\\x01\\r€')""",
                        List.of(
                                "I:|a=1&b=%7e%21%40%23%24%5e%2a%28%29_-%3d%5b%5d%7b%7d%7c%3b%3a%2c.%3c%3e%3f%7f%01%0d%e2%82%ac"
                                        + "|s.free|null|null|null")));
    }

    private static List<TriggerCase> json() {
        var type = "{\"op\":\"%s\",\"table\":[\"s\",\"%s\"],\"pkey\":[%s]}";
        var row = "{\"id\":1,\"n\":null,\"b\":true,\"v\":\"new\",\"Odd name\":\"odd\"}|s.t|null|null|null";
        var empty = "{\"id\":2,\"n\":null,\"b\":null,\"v\":null,\"Odd name\":null}|s.t|null|null|null";
        return List.of(
                new TriggerCase(
                        "basic",
                        "t",
                        "jsontriga",
                        List.of(),
                        BASIC,
                        List.of(
                                type.formatted("INSERT", "t", "\"id\"")
                                        + "|{\"id\":1,\"n\":\"1.50\",\"b\":true,\"v\":\"a'b\\\\c d/ü\\n\",\"Odd name\":\"odd\"}"
                                        + "|s.t|null|null|null",
                                type.formatted("INSERT", "t", "\"id\"") + "|" + empty,
                                type.formatted("UPDATE", "t", "\"id\"") + "|" + row,
                                type.formatted("UPDATE", "t", "\"id\"") + "|" + row,
                                type.formatted("DELETE", "t", "\"id\"") + "|" + empty,
                                type.formatted("TRUNCATE", "t", "\"id\"") + "|{}|s.t|null|null|null")),
                new TriggerCase(
                        "types",
                        "types",
                        "jsontriga",
                        List.of(),
                        EVERY_TYPE,
                        List.of(
                                type.formatted("INSERT", "types", "\"id\"")
                                        + "|{\"id\":1,\"ts\":\"2020-01-02T01:04:05.678+00:00\",\"d\":\"2020-02-29\",\"f\":\"NaN\","
                                        + "\"a\":\"[0:1]={1,NULL}\",\"j\":\"{\\\"a\\\": [1]}\",\"y\":\"\\\\x00ff\","
                                        + "\"i\":\"1 day 02:03:00\",\"c\":\"ab  \",\"u\":\"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\","
                                        + "\"s\":7}|s.types|null|null|null",
                                type.formatted("UPDATE", "types", "\"id\"")
                                        + "|{\"id\":1,\"ts\":\"infinity\",\"d\":\"0044-03-15 BC\",\"f\":\"1e-300\","
                                        + "\"a\":\"[0:1]={1,NULL}\",\"j\":\"\\\"s\\\"\",\"y\":\"\\\\x00ff\","
                                        + "\"i\":\"1 day 02:03:00\",\"c\":\"ab  \",\"u\":\"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\","
                                        + "\"s\":7}|s.types|null|null|null")),
                new TriggerCase(
                        "two-column key",
                        "\"T 2\"",
                        "jsontriga",
                        List.of(),
                        "insert into \"T 2\" values (1, 'x', 'y')",
                        List.of(type.formatted("INSERT", "T 2", "\"k=1\",\"k 2\"")
                                + "|{\"k 2\":1,\"v\":\"x\",\"k=1\":\"y\"}|s.T 2|null|null|null")));
    }

    private static List<TriggerCase> withOptions() {
        var change = """
                insert into t values (1, 1, true, 'old', 'o');
                update t set v = 'new' where id = 1; update t set n = 2, b = false; delete from t;""";
        return List.of(
                new TriggerCase(
                        "ignore",
                        "t",
                        "logutriga",
                        List.of("ignore= v , Odd name"),
                        change,
                        List.of(
                                "I:id|id=1&n=1&b=t|s.t|null|null|null",
                                "U:id|id=1&n=2&b=f|s.t|null|null|null",
                                "D:id|id=1&n=2&b=f|s.t|null|null|null")),
                new TriggerCase(
                        "ignore",
                        "t",
                        "sqltriga",
                        List.of("ignore=v,n"),
                        change,
                        List.of(
                                "I|(id,b,\"Odd name\") values ('1','t','o')|s.t|null|null|null",
                                "U|b='f' where id='1'|s.t|null|null|null",
                                "D|id='1'|s.t|null|null|null")),
                new TriggerCase(
                        "pkey",
                        "t",
                        "sqltriga",
                        List.of("pkey=Odd name,id"),
                        change,
                        List.of(
                                "I|(id,n,b,v,\"Odd name\") values ('1','1','t','old','o')|s.t|null|null|null",
                                "U|v='new' where id='1' and \"Odd name\"='o'|s.t|null|null|null",
                                "U|n='2',b='f' where id='1' and \"Odd name\"='o'|s.t|null|null|null",
                                "D|id='1' and \"Odd name\"='o'|s.t|null|null|null")),
                new TriggerCase(
                        "backup",
                        "t",
                        "sqltriga",
                        List.of("backup", "ignore=n"),
                        change,
                        List.of(
                                "I|(id,b,v,\"Odd name\") values ('1','t','old','o')|s.t|null|null|null",
                                "U|v='new' where id='1'|s.t|id=1&b=t&v=old&Odd+name=o|null|null",
                                "U|b='f' where id='1'|s.t|id=1&b=t&v=new&Odd+name=o|null|null",
                                "D|id='1'|s.t|null|null|null")),
                new TriggerCase(
                        "backup",
                        "t",
                        "jsontriga",
                        List.of("backup", "ignore=n,Odd name", "ev_type='x'"),
                        change,
                        List.of(
                                "x|{\"id\":1,\"b\":true,\"v\":\"old\"}|s.t|null|null|null",
                                "x|{\"id\":1,\"b\":true,\"v\":\"new\"}|s.t|{\"id\":1,\"b\":true,\"v\":\"old\"}|null|null",
                                "x|{\"id\":1,\"b\":false,\"v\":\"new\"}|s.t|{\"id\":1,\"b\":true,\"v\":\"new\"}|null|null",
                                "x|{\"id\":1,\"b\":false,\"v\":\"new\"}|s.t|null|null|null")),
                new TriggerCase(
                        "expressions",
                        "t",
                        "logutriga",
                        List.of(
                                "ev_type=v || id",
                                "ev_data=b",
                                "ev_extra1=n * 2",
                                "ev_extra2=null",
                                "ev_extra3=md5(v)",
                                "ev_extra4=(select relname from pg_class c where c.oid = 1259 and b)",
                                "when=v <> 'new' or b"),
                        change,
                        List.of(
                                "old1|t|2|null|149603e6c03516362a8da23f624db945|pg_class",
                                "new1|t|2|null|22af645d1859cb5ca6da0c484f1f37ea|pg_class")),
                new TriggerCase(
                        "magic columns",
                        "magic",
                        "logutriga",
                        List.of("ev_extra3='three'"),
                        """
                        insert into magic values (1, 'x', 'mine', 4), (2, 'y', null, null); delete from magic where id = 1""",
                        List.of(
                                "mine|id=1&v=x|4|null|three|null",
                                "null|id=2&v=y|null|null|three|null",
                                "mine|id=1&v=x|4|null|three|null")));
    }

    @Override
    public String toString() {
        return function + " " + name;
    }
}
