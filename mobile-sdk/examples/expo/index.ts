import { defineUploadTask, scheduleUploads } from '@allod/sdk';
import { registerRootComponent } from 'expo';
import * as backgroundTask from 'expo-background-task';
import * as taskManager from 'expo-task-manager';
import App from './App';
import { openClient, useNativeCrypto } from './client';
import { deployment } from './deployment';

useNativeCrypto();
defineUploadTask({ taskManager, backgroundTask }, () => openClient(deployment));
void scheduleUploads(backgroundTask);
registerRootComponent(App);
