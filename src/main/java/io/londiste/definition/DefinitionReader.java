package io.londiste.definition;

import io.londiste.change.TableName;
import io.londiste.db.Jdbc;
import io.londiste.definition.TableDefinition.Column;
import io.londiste.definition.TableDefinition.Constraint;
import io.londiste.definition.TableDefinition.Index;
import io.londiste.definition.TableDefinition.Part;
import io.londiste.definition.TableDefinition.Sequence;
import io.londiste.error.LondisteException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Reads definitions of tables from the catalog of a server of any version. */
final class DefinitionReader {
    /** So that PostgreSQL writes all names with their schemas, except its own. */
    private static final String SCHEMAS = "set local search_path = pg_catalog, pg_temp";

    private static final String TREE = """
            with recursive tree (oid, parent, depth) as (
              select c.oid, null::oid, 0 from pg_class c join pg_namespace n on n.oid = c.relnamespace
               where n.nspname = ? and c.relname = ? and c.relkind in ('r', 'p')
              union all
              select i.inhrelid, t.oid, t.depth + 1
                from tree t join pg_inherits i on i.inhparent = t.oid join pg_class p on p.oid = t.oid and p.relkind = 'p')
            select c.oid::bigint, n.nspname, c.relname, pn.nspname, p.relname,
              case c.relkind when 'f' then null else pg_get_expr(c.relpartbound, c.oid) end,
              case c.relkind when 'p' then pg_get_partkeydef(c.oid) end, quote_literal(obj_description(c.oid, 'pg_class'))
            from tree t join pg_class c on c.oid = t.oid join pg_namespace n on n.oid = c.relnamespace
              left join pg_class p on p.oid = t.parent left join pg_namespace pn on pn.oid = p.relnamespace
            order by t.depth, c.relname
            """;

    private static final String OPTIONS = """
            format('start with %s increment by %s minvalue %s maxvalue %s cache %s %s', s.seqstart, s.seqincrement, s.seqmin, s.seqmax,
              s.seqcache, case when s.seqcycle then 'cycle' else 'no cycle' end)""";

    /** What a generated column uses is recorded with its expression or, before 15, with the column. */
    private static final String COLUMNS = """
            select a.attname, format_type(a.atttypid, a.atttypmod),
              case when a.attcollation <> t.typcollation then
                (select format('%%I.%%I', n.nspname, k.collname) from pg_collation k join pg_namespace n on n.oid = k.collnamespace
                  where k.oid = a.attcollation) end,
              a.attnotnull and not exists (select from pg_constraint c where c.conrelid = a.attrelid and c.contype = 'n'
                                             and c.conkey = array[a.attnum] and not c.convalidated),
              a.attgenerated, a.attidentity, pg_get_expr(d.adbin, d.adrelid),
              array(select distinct u.attname::text from pg_depend p
                      join pg_attribute u on u.attrelid = a.attrelid and u.attnum = p.refobjsubid
                     where p.refclassid = 'pg_class'::regclass and p.refobjid = a.attrelid and p.refobjsubid <> a.attnum
                       and (p.classid = 'pg_attrdef'::regclass and p.objid = d.oid
                            or p.classid = 'pg_class'::regclass and p.objid = a.attrelid and p.objsubid = a.attnum)),
              (select %s from pg_depend p join pg_sequence s on s.seqrelid = p.objid
                where p.classid = 'pg_class'::regclass and p.refclassid = 'pg_class'::regclass and p.refobjid = a.attrelid
                  and p.refobjsubid = a.attnum and p.deptype = 'i'),
              quote_literal(col_description(a.attrelid, a.attnum))
            from pg_attribute a join pg_type t on t.oid = a.atttypid
              left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
            where a.attrelid = ?::oid and a.attnum > 0 and not a.attisdropped order by a.attnum
            """.formatted(OPTIONS);

    /**
     * Constraints of a table, of which those that it has from its parent are left out if the parameter is false. A foreign key to a
     * partitioned table is there once more for each of its partitions.
     */
    private static final String CONSTRAINTS = """
            select c.conname, c.contype, pg_get_constraintdef(c.oid),
              array(select distinct a.attname::text from pg_attribute a where a.attrelid = c.conrelid and (a.attnum = any (c.conkey)
                or exists (select from pg_depend p where p.classid = 'pg_class'::regclass and p.objid = c.conindid
                             and p.refclassid = 'pg_class'::regclass and p.refobjid = c.conrelid and p.refobjsubid = a.attnum))),
              c.convalidated, n.nspname, r.relname, quote_literal(obj_description(c.oid, 'pg_constraint'))
            from pg_constraint c left join pg_class r on r.oid = c.confrelid left join pg_namespace n on n.oid = r.relnamespace
            where c.conrelid = ?::oid and c.contype in ('p', 'u', 'c', 'x', 'f') and (? or c.conparentid = 0 and c.conislocal)
              and not exists (select from pg_constraint p where p.oid = c.conparentid and p.conrelid = c.conrelid)
            order by c.contype <> 'p', c.conname
            """;

    private static final String INDEXES = """
            select i.relname, x.indisunique, pg_get_indexdef(x.indexrelid),
              format('CREATE %sINDEX %I ON %s%I.%I USING ', case when x.indisunique then 'UNIQUE ' end, i.relname,
                     case i.relkind when 'I' then 'ONLY ' end, n.nspname, c.relname),
              array(select distinct a.attname::text from pg_attribute a where a.attrelid = c.oid and (a.attnum = any (x.indkey)
                or exists (select from pg_depend p where p.classid = 'pg_class'::regclass and p.objid = x.indexrelid
                             and p.refclassid = 'pg_class'::regclass and p.refobjid = c.oid and p.refobjsubid = a.attnum))),
              quote_literal(obj_description(x.indexrelid, 'pg_class'))
            from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
              join pg_namespace n on n.oid = c.relnamespace
            where x.indrelid = ?::oid and (x.indisvalid or i.relkind = 'I')
              and (? or not exists (select from pg_inherits h where h.inhrelid = x.indexrelid))
              and not exists (select from pg_constraint k where k.conindid = x.indexrelid and k.contype in ('p', 'u', 'x'))
            order by i.relname
            """;

    private static final String SEQUENCES = """
            select n.nspname, c.relname, format_type(s.seqtypid, null), %s, a.attname
            from pg_depend p join pg_sequence s on s.seqrelid = p.objid join pg_class c on c.oid = p.objid
              join pg_namespace n on n.oid = c.relnamespace
              join pg_attribute a on a.attrelid = p.refobjid and a.attnum = p.refobjsubid
            where p.classid = 'pg_class'::regclass and p.refclassid = 'pg_class'::regclass and p.refobjid = ?::oid and p.deptype = 'a'
            order by c.relname
            """.formatted(OPTIONS);

    /** A row of {@link #TREE}. */
    private record Member(long oid, Part part) {}

    private final Connection transaction;

    /** @param transaction one of the provider, whose search_path is changed */
    DefinitionReader(Connection transaction) throws SQLException {
        this.transaction = transaction;
        Jdbc.execute(transaction, SCHEMAS);
    }

    /** @param creation what is to be created: what is not is not read */
    TableDefinition read(TableName table, Creation creation) throws SQLException {
        boolean full = creation == Creation.FULL;
        var members = Jdbc.list(transaction, TREE, DefinitionReader::member, table.schema(), table.name());
        if (members.isEmpty()) {
            throw new LondisteException("the provider has no table " + table + "; nothing was changed");
        }
        var root = members.get(0);
        var constraints = new ArrayList<Constraint>();
        var indexes = new ArrayList<Index>();
        for (var member : full ? members : List.of(root)) {
            constraints.addAll(constraints(member, member == root, full));
            indexes.addAll(full ? indexes(member, member == root) : List.of());
        }
        return new TableDefinition(
                table,
                full ? root.part.partitionKey() : null,
                full ? root.part.comment() : null,
                columns(root),
                full
                        ? members.subList(1, members.size()).stream()
                                .map(Member::part)
                                .toList()
                        : List.of(),
                constraints,
                indexes,
                full ? sequences(root) : List.of());
    }

    private static Member member(ResultSet row) throws SQLException {
        var parent = row.getString(4) == null ? null : new TableName(row.getString(4), row.getString(5));
        return new Member(
                row.getLong(1),
                new Part(
                        new TableName(row.getString(2), row.getString(3)),
                        parent,
                        row.getString(6),
                        row.getString(7),
                        row.getString(8)));
    }

    private List<Column> columns(Member table) throws SQLException {
        return Jdbc.list(
                transaction,
                COLUMNS,
                row -> new Column(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getBoolean(4),
                        row.getString(5),
                        row.getString(6),
                        row.getString(7),
                        names(row, 8),
                        row.getString(9),
                        row.getString(10)),
                table.oid);
    }

    private List<Constraint> constraints(Member table, boolean inherited, boolean full) throws SQLException {
        return Jdbc.list(
                        transaction,
                        CONSTRAINTS,
                        row -> new Constraint(
                                table.part.name(),
                                row.getString(1),
                                row.getString(2).charAt(0),
                                row.getString(3),
                                names(row, 4),
                                row.getBoolean(5),
                                row.getString(7) == null ? null : new TableName(row.getString(6), row.getString(7)),
                                row.getString(8)),
                        table.oid,
                        inherited)
                .stream()
                .filter(constraint -> full || constraint.kind() == 'p')
                .toList();
    }

    private List<Index> indexes(Member table, boolean inherited) throws SQLException {
        return Jdbc.list(
                transaction,
                INDEXES,
                row -> new Index(
                        table.part.name(),
                        row.getString(1),
                        row.getBoolean(2),
                        after(row.getString(4), row.getString(3)),
                        names(row, 5),
                        row.getString(6)),
                table.oid,
                inherited);
    }

    private static String after(String beginning, String definition) {
        if (!definition.startsWith(beginning)) {
            throw new IllegalStateException("does not begin with " + beginning + ": " + definition);
        }
        return definition.substring(beginning.length());
    }

    private List<Sequence> sequences(Member table) throws SQLException {
        return Jdbc.list(
                transaction,
                SEQUENCES,
                row -> new Sequence(
                        new TableName(row.getString(1), row.getString(2)),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5)),
                table.oid);
    }

    private static List<String> names(ResultSet row, int column) throws SQLException {
        return List.of((String[]) row.getArray(column).getArray());
    }
}
