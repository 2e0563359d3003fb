-- MariaDB runs this at every start; stack/servers/mysql.sh fills in what stands between @. One statement a line.
create user if not exists '@USER@'@'127.0.0.1' identified by '@PASSWORD@';
create user if not exists '@USER@'@'localhost' identified by '@PASSWORD@';
grant all privileges on `tcs%`.* to '@USER@'@'127.0.0.1';
grant all privileges on `tcs%`.* to '@USER@'@'localhost';
grant all privileges on `reval\_%`.* to '@USER@'@'127.0.0.1';
grant all privileges on `reval\_%`.* to '@USER@'@'localhost';
create database if not exists tcs character set utf8mb4;
