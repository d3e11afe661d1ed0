-- The maintenance operations that PgQ requests, one statement each: the two steps of a rotation must not share a transaction,
-- and VACUUM must not run in one.
select func_name as work,
       case func_name
         when 'vacuum' then format('vacuum %s', pgq.quote_fqname(func_arg))
         else format('select %s(%s) as again', pgq.quote_fqname(func_name), quote_literal(func_arg))
       end as statement
from pgq.maint_operations()
