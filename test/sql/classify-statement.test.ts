import { describe, expect, it } from 'vitest';
import { classifyStatement } from '../../src/sql/classify-statement.ts';
import { dialectOf } from '../../src/sql/dialects.ts';

describe('classifyStatement', () => {
  it.each([
    ['select 1', 'query', 'select'],
    ['((select 1))', 'query', 'select'],
    ['from t', 'query', 'from'],
    ['values (1)', 'query', 'values'],
    ['with a as (select 1) select * from a', 'query', 'select'],
    ['with f as procedure (x int) returns int as $$ select 1 $$ call f(1)', 'session', 'call'],
    ['replace(a, b)', 'other', 'replace'],
    ['replace into t select 1', 'insert', 'replace'],
    ['with a as (delete from t returning x) select * from a', 'query', 'select'],
    ['with a as (select 1) insert into t select * from a', 'insert', 'insert'],
    ['create table t as select 1', 'ctas', 'create table'],
    [
      'create or replace temp table t (a int) as (with x as (select 1) select * from x)',
      'ctas',
      'create table',
    ],
    ['create table t (a int)', 'ddl', 'create table'],
    ['create or replace table function f(a int64) as select a', 'ddl', 'create function'],
    ['create table function as select 1', 'ctas', 'create table'],
    ['create temporary view v (a int) using parquet', 'ddl', 'create view'],
    ['create or replace materialized view v as select 1', 'view', 'create view'],
    ['create function f() returns int as $$ select 1 $$', 'ddl', 'create function'],
    ['drop table if exists t', 'ddl', 'drop table'],
    ['insert overwrite t select 1', 'insert', 'insert'],
    ['update t set a = 1', 'update', 'update'],
    ['delete from t', 'delete', 'delete'],
    ['merge into t using s on true when matched then delete', 'merge', 'merge'],
    ['grant select on t to r', 'ddl', 'grant'],
    ['set x = 1', 'session', 'set'],
    ['show tables', 'session', 'show'],
    ['begin', 'transaction', 'begin'],
    ['commit', 'transaction', 'commit'],
    ['begin insert into t select 1; end', 'other', 'begin block'],
    ['explain analyze select 1', 'explain', 'explain'],
    ["copy t from 'x'", 'copy', 'copy'],
    ['frobnicate', 'other', 'frobnicate'],
    ['', 'other', ''],
  ])('reads %j as %s', (sql, kind, verb) => {
    expect(classifyStatement(sql, dialectOf('duckdb'))).toEqual({ kind, verb });
  });
});
