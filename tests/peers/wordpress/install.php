<?php
// usage: php install.php URL
global $nod_site, $wpdb, $wp_rewrite, $table_prefix;
$_SERVER['HTTP_HOST'] = parse_url($nod_site['url'], PHP_URL_HOST);
$_SERVER['REQUEST_URI'] = '/';
mysqli_report(MYSQLI_REPORT_OFF);
(new mysqli('localhost', 'root', '', '', 0, $nod_site['socket']))->query('CREATE DATABASE wordpress');
define('WP_INSTALLING', true);
require ABSPATH . 'wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
add_filter('pre_http_request', fn () => new WP_Error('closed', 'no requests here'));
wp_install('A test site', 'editor', 'editor@example.test', false, '', 'of a test');
update_option('permalink_structure', '/%postname%/');
switch_theme('plain');
$writer = wp_insert_user(['user_login' => 'writer', 'user_pass' => 'of a test', 'role' => 'contributor',
    'user_email' => 'writer@example.test']);
[$of_editor] = WP_Application_Passwords::create_new_application_password(1, ['name' => 'tests']);
[$of_writer] = WP_Application_Passwords::create_new_application_password($writer, ['name' => 'tests']);
echo "\n", json_encode(['user' => 'editor', 'password' => $of_editor, 'writer' => 'writer',
    'writer_password' => $of_writer]), "\n";
