<?php
// the packaged files are links, and would look for their configuration where they lie
global $nod_site;
$nod_site = json_decode(file_get_contents(__DIR__ . '/settings.json'), true);
if (!defined('ABSPATH')) {
    define('ABSPATH', $nod_site['root'] . '/');
}
